/** Finds or installs a Pulumi CLI that runs Node.js programs with dynamic resources, touching nothing outside the checkout. */
import { realpathSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { TidemarkError } from '../../model/error';
import { isProgram } from '../../process/program';
import { runProcess, saidLast } from '../../process/run';
import { buildPulumiCli, pinnedVersion } from './build';
import { compareVersions, packageFile, packageVersion } from './version';

export interface PulumiCli {
  /** Absolute path of an executable `pulumi`. */
  readonly command: string;
  readonly version: string;
  /** What to add to the environment of every call: PATH with the plugins first, PULUMI_HOME and so on. */
  readonly env: Readonly<Record<string, string>>;
}

export interface PulumiCliOptions {
  /** The checkout: holds node_modules, tools/pulumi-cli and .local. */
  readonly root: string;
  readonly log?: (line: string) => void;
}

/** The first version whose `read` of a dynamic resource can return inputs, which drift detection needs. */
export const OLDEST_PULUMI = '3.216.0';
/** The CLI starts these by name, so that they must stand beside it. */
const COMPANIONS = ['pulumi-language-nodejs', 'pulumi-resource-pulumi-nodejs'];
const DOWNLOAD_SILENCE_MS = 60_000;

const running = new Map<string, Promise<PulumiCli>>();

/**
 * The `pulumi` on PATH if recent enough; else the one that the npm package `pulumi` downloads; else, where that download
 * is out of reach, the same version built from the Go module proxy. The last two are kept under `.local/pulumi/home`.
 */
export function ensurePulumiCli(options: PulumiCliOptions): Promise<PulumiCli> {
  const root = path.resolve(options.root);
  const started = running.get(root) ?? find(root, options.log ?? (() => undefined));
  running.set(root, started);
  // A failed search must not be remembered: the user may have installed Go since.
  started.catch(() => running.delete(root));
  return started;
}

async function find(root: string, log: (line: string) => void): Promise<PulumiCli> {
  const home = path.join(root, '.local', 'pulumi', 'home');
  await mkdir(home, { recursive: true });
  const versions = path.join(home, 'versions');
  return (
    (await onPath(home)) ??
    (await installed(versions, await packageVersion(root), home)) ??
    (await installed(versions, await pinnedVersion(root), home)) ??
    (await download(root, versions, home, log)) ??
    (await build(root, versions, home, log))
  );
}

async function onPath(home: string): Promise<PulumiCli | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const command = path.resolve(folder, 'pulumi');
    if (folder === '' || !isProgram(command)) continue;
    const real = realpathSync(command);
    // Inside `npm run`, PATH holds the wrapper of the npm package, which may start a download of its own.
    if (real.split(path.sep).includes('node_modules')) continue;
    const cli = await probe(real, home);
    if (cli !== undefined && compareVersions(cli.version, OLDEST_PULUMI) >= 0) return cli;
  }
  return undefined;
}

async function installed(
  versions: string,
  version: string | undefined,
  home: string,
): Promise<PulumiCli | undefined> {
  if (version === undefined) return undefined;
  return probe(path.join(versions, version, 'bin', 'pulumi'), home);
}

async function download(
  root: string,
  versions: string,
  home: string,
  log: (line: string) => void,
): Promise<PulumiCli | undefined> {
  const version = await packageVersion(root);
  if (version === undefined) return undefined;
  log(`Downloading the Pulumi CLI ${version}.`);
  // The wrapper takes any executable of that name for a finished download; an interrupted one must not pass for it.
  await rm(path.join(versions, version), { recursive: true, force: true });
  const wrapper = path.join(path.dirname(packageFile(root) ?? ''), 'run.js');
  const env = {
    ...process.env,
    PULUMI_HOME: home,
    PULUMI_VERSION: version,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  const result = await runProcess(process.execPath, [wrapper, 'version'], {
    env,
    silenceLimitMs: DOWNLOAD_SILENCE_MS,
    endsWithUs: true,
  });
  const cli = result.code === 0 ? await installed(versions, version, home) : undefined;
  if (cli === undefined) log(`The download failed (${saidLast(result, 1)}).`);
  return cli;
}

async function build(
  root: string,
  versions: string,
  home: string,
  log: (line: string) => void,
): Promise<PulumiCli> {
  const folder = await buildPulumiCli({ root, versions, log });
  const cli = await probe(path.join(folder, 'bin', 'pulumi'), home);
  if (cli === undefined)
    throw new TidemarkError(
      `The Pulumi CLI built in ${folder} does not run on this machine: install the Pulumi CLI (its documentation's page "Download & install Pulumi").`,
    );
  return cli;
}

/** The CLI at that path, if it and what it needs are there and it answers. */
async function probe(command: string, home: string): Promise<PulumiCli | undefined> {
  const bin = path.dirname(command);
  if (![command, ...COMPANIONS.map((name) => path.join(bin, name))].every(isProgram)) return undefined;
  const env = {
    PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`,
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  const result = await runProcess(command, ['version'], { env: { ...process.env, ...env } });
  const version = /^v?(\d+\.\d+\.\d+\S*)$/m.exec(result.stdout)?.[1];
  return result.code === 0 && version !== undefined ? { command, version, env } : undefined;
}
