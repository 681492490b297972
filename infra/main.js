// What Pulumi starts. Plain JavaScript, so that a checkout without a build gets a sentence instead of a stack.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { RunError } = require('@pulumi/pulumi');

const built = join(__dirname, '..', 'dist', 'infra', 'index.js');
if (!existsSync(built)) throw new RunError('The build is missing: run `npm run build`, then try again.');
module.exports = require(built);
