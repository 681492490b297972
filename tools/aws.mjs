// `npm run aws -- <arguments of pulumi>`: Pulumi on a stack in your AWS account, with all set-up. Plain Node, since it installs the rest.
//   npm run aws -- preview            what would be made, on the stack `prod`
//   npm run aws -- up                 make it
//   npm run aws -- up --stack test    another stack, configured in Pulumi.test.yaml

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { backend } from './backend.mjs';
import { ensureBuild, ensureDependencies, root } from './setup.mjs';

const given = process.argv.slice(2);
if (given.length === 0 || given[0] === '--help') {
  console.log(
    'Usage: npm run aws -- <preview|up|refresh|destroy|…> [--stack prod] [other arguments of pulumi]',
  );
  process.exit(given.length === 0 ? 2 : 0);
}

function end(message) {
  console.error(`error: ${message}`);
  process.exit(1);
}

/** The value of `--stack x`, `--stack=x` or `-s x`, and the arguments without it. */
function stackOf(args) {
  const rest = [];
  let stack;
  for (let index = 0; index < args.length; index++) {
    const text = args[index];
    if (text === '--stack' || text === '-s')
      stack = args[++index] ?? end(`${text} needs the name of a stack.`);
    else if (text.startsWith('--stack=')) stack = text.slice('--stack='.length);
    else rest.push(text);
  }
  return { stack: stack ?? 'prod', rest };
}

/** The stack's configuration, on first use a copy of the example for the region of the environment. */
function ensureConfiguration(stack) {
  const file = join(root, `Pulumi.${stack}.yaml`);
  if (existsSync(file)) return;
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  if (region === undefined) end(`Pulumi.${stack}.yaml does not exist. To create it, set AWS_REGION.`);
  const example = readFileSync(join(root, 'Pulumi.prod.example.yaml'), 'utf8');
  writeFileSync(file, example.replace(/^( *aws:region: ).*$/m, `$1${region}`), { flag: 'wx' });
  console.log(
    `Pulumi.${stack}.yaml was created from Pulumi.prod.example.yaml, for ${region}. Read it, and change the options that you want.`,
  );
}

/** What the environment of the CLI needs for where the state goes. */
function stateOf(environment) {
  try {
    const { env, told } = backend(environment, homedir());
    if (told !== '') console.log(told);
    return env;
  } catch (error) {
    return end(error.message);
  }
}

await ensureDependencies();
await ensureBuild({ declarations: false });
const require = createRequire(join(root, 'dist', 'package.json'));
const { ensurePulumiCli } = require('./infra/local/pulumi/cli.js');
const { runForeground } = require('./infra/cli/foreground.js');
const { quietSdk } = require('./infra/connection/aws.js');
const { fromNodeProviderChain } = createRequire(join(root, 'package.json'))('@aws-sdk/credential-providers');
const { stack, rest } = stackOf(given);
quietSdk();

await fromNodeProviderChain()().catch(() =>
  end(
    'No AWS credentials are found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run `aws sso login`.',
  ),
);
ensureConfiguration(stack);
const cli = await ensurePulumiCli({ root, log: (line) => console.log(line) });
const env = { ...process.env, ...cli.env, ...stateOf(process.env), PULUMI_STACK: stack };

/** Runs a command on this terminal and returns its exit code; signals reach it once, and it ends in good order. */
function run(command, args) {
  return runForeground(command, args, { cwd: root, env }).catch((error) => end(error.message));
}

const selected = await run(cli.command, ['stack', 'select', '--create', stack]);
if (selected !== 0) process.exit(selected);
process.exit(await run(process.execPath, [join(root, 'dist', 'infra', 'cli', 'main.js'), 'pulumi', ...rest]));
