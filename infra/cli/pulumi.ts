import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { closeLinks } from '../db/reach/links';
import { startProxy } from '../db/reach/proxy';
import { isRdsHost } from '../db/reach/region';
import { PROXY_VARIABLE, ROUTES_VARIABLE } from '../db/reach/routes';
import { TidemarkError } from '../plan/error';
import { reportFailure } from './failure';
import { colorsFor } from './output';
import { routeFinder } from './routes';

interface Options {
  readonly tunnelInstance?: string;
  readonly connection?: string;
}

/** The one variable that the PostgreSQL provider of Pulumi takes a proxy from; the name of the host goes through it. */
const STANDARD_VARIABLE = 'ALL_PROXY';

/** `tidemark pulumi`: Pulumi, with databases behind tunnels in reach of all its providers. Ends with its exit code. */
export function pulumiCommand(): Command {
  return new Command('pulumi')
    .description('run pulumi with the tunnels to the databases open')
    .argument('[args...]', 'what to run, such as up; options that tidemark has, too, come after --')
    .option('--tunnel-instance <id>', 'EC2 instance to reach every host of RDS through, by Systems Manager')
    .option('--connection <path>', 'file with a connection, whose tunnel is taken')
    .allowUnknownOption()
    .action(async (args: readonly string[], options: Options) => {
      process.exitCode = await runPulumi(args, options);
    });
}

async function runPulumi(args: readonly string[], options: Options): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-pulumi-'));
  const file = join(folder, 'routes');
  const told = new Set<string>();
  const proxy = await startProxy({
    route: routeFinder({ ...options, file, stackOutput: () => stackOutput(args) }),
    onFailure: (error) => {
      // A provider tries again and again: the same sentence once.
      const text = error instanceof Error ? error.message : String(error);
      if (!told.has(text)) reportFailure(error, false);
      told.add(text);
    },
  });
  warnOfProxies();
  try {
    const env = {
      ...process.env,
      [STANDARD_VARIABLE]: proxy.url,
      [PROXY_VARIABLE]: proxy.url,
      [ROUTES_VARIABLE]: file,
    };
    return await ended(spawn('pulumi', args, { stdio: 'inherit', env }));
  } finally {
    proxy.close();
    closeLinks();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The exit code, as a shell gives it for a signal. Ctrl-C has reached Pulumi, too, other signals are passed on: it ends what
 * it is doing in good order, and needs the tunnels until then.
 */
function ended(child: ChildProcess): Promise<number> {
  const ignore = (): void => undefined;
  const pass = (signal: NodeJS.Signals): boolean => child.kill(signal);
  process.on('SIGINT', ignore).on('SIGTERM', pass).on('SIGHUP', pass);
  return new Promise<number>((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new TidemarkError('pulumi cannot be run: it is not on PATH.', {
          cause,
          hint: 'Install it (https://www.pulumi.com/docs/install/), or add the npm package `pulumi` to this project.',
        }),
      ),
    );
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  }).finally(() => process.off('SIGINT', ignore).off('SIGTERM', pass).off('SIGHUP', pass));
}

/** The output `connection` of the stack that the arguments name; undefined where it has none yet. */
function stackOutput(args: readonly string[]): Promise<string | undefined> {
  const child = spawn('pulumi', ['stack', 'output', 'connection', '--json', ...stackOptions(args)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve(code === 0 ? text : undefined));
  });
}

/** Of all arguments those that say which stack of which folder is meant. */
export function stackOptions(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    if (/^(--stack|--cwd)=|^-[sC]./.test(arg)) return [arg];
    const value = args[index + 1];
    return /^(--stack|--cwd|-s|-C)$/.test(arg) && value !== undefined ? [arg, value] : [];
  });
}

/** What the environment says of proxies may lead past the tunnels, or be replaced. */
function warnOfProxies(): void {
  const { ALL_PROXY: all = '', NO_PROXY, no_proxy: lower } = process.env;
  const warn = (text: string): boolean =>
    process.stderr.write(`${colorsFor(process.stderr).yellow('warning:')} ${text}\n`);
  if (all !== '')
    warn(`${STANDARD_VARIABLE} is set; for this run it leads to tidemark, which connects directly.`);
  const past = (NO_PROXY || lower || '').split(',').find((entry) => bypassesRds(entry.trim()));
  if (past !== undefined) {
    warn(
      `NO_PROXY has ${past.trim()}, so that Pulumi's PostgreSQL provider goes past the tunnel; name the services that you mean.`,
    );
  }
}

/** Whether an entry of NO_PROXY takes in a host of RDS: its own name, or `*.zone`; nothing else stands for a name. */
export function bypassesRds(entry: string): boolean {
  if (isRdsHost(entry) && !entry.startsWith('*')) return true;
  const zone = entry.startsWith('*.') ? entry.slice(2).toLowerCase() : undefined;
  return zone !== undefined && /^((([a-z0-9-]+\.)*rds\.)?amazonaws\.)?com(\.cn)?$/.test(zone);
}
