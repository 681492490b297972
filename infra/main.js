// What Pulumi starts. Plain JavaScript, so that a checkout without a build gets a sentence instead of a stack.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { RunError } = require('@pulumi/pulumi');

const built = join(__dirname, '..', 'dist', 'infra', 'index.js');
if (!existsSync(built)) {
  const error = new RunError('The build is missing: run `npm run build`, then try again.');
  // See infra/provider/stop.ts.
  error.stack = error.message;
  throw error;
}
module.exports = require(built);
