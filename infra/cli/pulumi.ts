import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { closeLinks } from '../connection/links';
import { startProxy } from '../connection/proxy';
import { isRdsHost } from '../connection/region';
import { PROXY_VARIABLE, ROUTES_VARIABLE } from '../connection/routes';
import { TidemarkError } from '../model/error';
import { reportFailure } from './failure';
import { runForeground } from './foreground';
import { colorsFor } from './output';
import { pulumiProgram } from './pulumiProgram';
import { routeFinder } from './routes';
import { projectFolder, stackOutput } from './stack';

interface Options {
  readonly tunnelInstance?: string;
  readonly connection?: string;
}

/** The one variable that the PostgreSQL provider of Pulumi takes a proxy from; the name of the host goes through it. */
const STANDARD_VARIABLE = 'ALL_PROXY';

/** `tidemark pulumi`: Pulumi, with databases behind tunnels in reach of all its providers. Ends with its exit code. */
export function pulumiCommand(): Command {
  return new Command('pulumi')
    .description('run pulumi with open tunnels to the databases')
    .argument('[args...]', 'arguments of pulumi, such as up; put options that tidemark has as well after --')
    .option('--tunnel-instance <id>', 'EC2 instance through which Systems Manager reaches every host of RDS')
    .option('--connection <path>', 'file with a connection whose tunnel is used')
    .allowUnknownOption()
    .action(async (args: readonly string[], options: Options) => {
      process.exitCode = await runPulumi(args, options);
    });
}

async function runPulumi(args: readonly string[], options: Options): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-pulumi-'));
  try {
    return await withProxy(args, options, join(folder, 'routes'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param file Receives the routes that the run tells. */
async function withProxy(args: readonly string[], options: Options, file: string): Promise<number> {
  const over = new AbortController();
  // A provider tries again and again: the same sentence once.
  const told = new Set<string>();
  const once = (text: string, tell: () => void): void => {
    if (!told.has(text)) tell();
    told.add(text);
  };
  const route = routeFinder({
    ...options,
    file,
    project: projectFolder(args),
    stackOutput: () =>
      stackOutput({ program, args, warn: (text) => once(text, () => warn(text)), signal: over.signal }),
  });
  // After the options, which may be wrong: it may take a download.
  const program = await pulumiProgram(process.env);
  const proxy = await startProxy({
    route,
    onFailure: (error) => {
      // Whoever wanted to connect is gone.
      if (over.signal.aborted) return;
      once(error instanceof Error ? error.message : String(error), () => reportFailure(error, false));
    },
  });
  try {
    warnOfProxies();
    const env = {
      ...program.env,
      [STANDARD_VARIABLE]: proxy.url,
      [PROXY_VARIABLE]: proxy.url,
      [ROUTES_VARIABLE]: file,
    };
    return await runForeground(program.command, args, { env }).catch((cause: Error) => {
      throw unstartable(cause);
    });
  } finally {
    over.abort();
    proxy.close();
    closeLinks();
  }
}

function unstartable(cause: Error): TidemarkError {
  const code = 'code' in cause ? String(cause.code) : cause.name;
  if (code !== 'ENOENT') return new TidemarkError(`pulumi cannot be run (${code}).`, { cause });
  return new TidemarkError('pulumi cannot be run: it is not on PATH.', {
    cause,
    hint: 'Install it (https://www.pulumi.com/docs/install/), or add the npm package `pulumi` to this project.',
  });
}

function warn(text: string): void {
  process.stderr.write(`${colorsFor(process.stderr).yellow('warning:')} ${text}\n`);
}

/** What the environment says of proxies may lead past the tunnels, or be replaced. */
function warnOfProxies(): void {
  const { ALL_PROXY: all = '', NO_PROXY, no_proxy: lower } = process.env;
  if (all !== '')
    warn(
      `${STANDARD_VARIABLE} is set, but this run replaces it with the proxy of tidemark, which connects directly.`,
    );
  const past = (NO_PROXY || lower || '').split(',').find((entry) => bypassesRds(entry.trim()));
  if (past !== undefined) {
    warn(
      `NO_PROXY contains ${past.trim()}, so Pulumi's PostgreSQL provider bypasses the tunnel. List only the services that you mean.`,
    );
  }
}

/** Whether an entry of NO_PROXY takes in a host of RDS: its own name, or `*.zone`; nothing else stands for a name. */
export function bypassesRds(entry: string): boolean {
  if (!entry.startsWith('*.')) return isRdsHost(entry);
  const zone = entry.slice(2).toLowerCase().replace(/\.$/, '');
  const region = /[a-z]{2}(-[a-z]+)+-\d/.exec(zone)?.[0] ?? 'eu-central-1';
  // One of each form, and one within the zone, which may name what stands before the region.
  const samples = [`x.${region}.rds.amazonaws.com`, `x.rds.${region}.amazonaws.com.cn`];
  return isRdsHost(`x.${zone}`) || samples.some((host) => host.endsWith(`.${zone}`));
}
