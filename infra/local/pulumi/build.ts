/**
 * Builds the Pulumi CLI from the Go module proxy, for machines that cannot download its releases.
 *
 * Two Go modules under tools/pulumi-cli/ pin it, each with its checksums: the CLI itself, and the last sdk version that
 * still holds the Node.js language host. One module cannot require two versions of the same sdk.
 */
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TidemarkError } from '../../model/error';
import { type ProcessResult, runProcess, saidLast } from '../../process/run';

const CLI_PACKAGE = 'github.com/pulumi/pulumi/pkg/v3/cmd/pulumi';
const LANGUAGE_MODULE = 'github.com/pulumi/pulumi/sdk/v3';
const LANGUAGE_PACKAGE = `${LANGUAGE_MODULE}/nodejs/cmd/pulumi-language-nodejs`;
const DYNAMIC_PROVIDER = 'pulumi-resource-pulumi-nodejs';
const VERSION_VARIABLE = 'github.com/pulumi/pulumi/sdk/v3/go/common/version.Version';
/** From this version on Go fetches by itself the newer toolchain that go.mod asks for. */
const OLDEST_GO = { major: 1, minor: 21 };
const PROGRESS_MS = 15_000;
/** A build that has not said for this long that it is alive was interrupted. */
const LEASE_MS = 60_000;

export interface BuildOptions {
  readonly root: string;
  /** `$PULUMI_HOME/versions`, where the npm package `pulumi` looks for `<version>/bin/pulumi`. */
  readonly versions: string;
  readonly log: (line: string) => void;
}

/** The version of the CLI that tools/pulumi-cli/cli/go.mod pins, without a leading `v`. */
export async function pinnedVersion(root: string): Promise<string> {
  const file = path.join(moduleDir(root, 'cli'), 'go.mod');
  const version = /pulumi\/pkg\/v3 v(\S+)/.exec(await readFile(file, 'utf8'))?.[1];
  if (version === undefined) throw new TidemarkError(`${file} requires no version of the Pulumi CLI.`);
  return version;
}

/** Builds into a folder of its own and renames it, so that `<versions>/<version>` is whole or absent. */
export async function buildPulumiCli({ root, versions, log }: BuildOptions): Promise<string> {
  const version = await pinnedVersion(root);
  const target = path.join(versions, version);
  await requireGo();
  await mkdir(versions, { recursive: true });
  await settleOtherBuilds(versions, log);
  if (existsSync(path.join(target, 'bin', 'pulumi'))) return target;
  const temporary = path.join(versions, `.build-${process.pid}`);
  const bin = path.join(temporary, 'bin');
  await mkdir(bin, { recursive: true });
  const started = Date.now();
  log(
    `Building the Pulumi CLI ${version} with Go, once for this checkout: about five minutes on two processors.`,
  );
  const progress = setInterval(() => {
    log(`Building the Pulumi CLI ${version}: ${Math.round((Date.now() - started) / 1000)} s so far.`);
    const now = new Date();
    utimes(temporary, now, now).catch(() => undefined);
  }, PROGRESS_MS);
  try {
    const language = moduleDir(root, 'language-nodejs');
    await goBuild(LANGUAGE_PACKAGE, language, bin, '-s -w');
    const source = (await go(['list', '-m', '-f', '{{.Dir}}', LANGUAGE_MODULE], language)).stdout.trim();
    await copyFile(path.join(source, 'nodejs', 'dist', DYNAMIC_PROVIDER), path.join(bin, DYNAMIC_PROVIDER));
    // The module cache is read-only and not executable; the copy is neither.
    await chmod(path.join(bin, DYNAMIC_PROVIDER), 0o755);
    const flags = `-s -w -X ${VERSION_VARIABLE}=v${version}`;
    await goBuild(CLI_PACKAGE, moduleDir(root, 'cli'), bin, flags);
    await rm(target, { recursive: true, force: true });
    await rename(temporary, target);
  } finally {
    clearInterval(progress);
    await rm(temporary, { recursive: true, force: true });
  }
  log(`Built the Pulumi CLI ${version} in ${Math.round((Date.now() - started) / 1000)} s.`);
  return target;
}

function moduleDir(root: string, name: 'cli' | 'language-nodejs'): string {
  return path.join(root, 'tools', 'pulumi-cli', name);
}

async function requireGo(): Promise<void> {
  const result = await runProcess('go', ['env', 'GOVERSION']);
  const found = /go(\d+)\.(\d+)/.exec(result.stdout);
  const [major, minor] = [Number(found?.[1] ?? 0), Number(found?.[2] ?? 0)];
  if (major > OLDEST_GO.major || (major === OLDEST_GO.major && minor >= OLDEST_GO.minor)) return;
  const state = found === null ? 'Go is not installed' : `Go ${major}.${minor} is too old`;
  const oldest = `${OLDEST_GO.major}.${OLDEST_GO.minor}`;
  throw new TidemarkError(
    `The Pulumi CLI could not be downloaded, and it cannot be built because ${state}: install the Pulumi CLI ` +
      `(its documentation's page "Download & install Pulumi") or Go ${oldest} or later, then run this again.`,
  );
}

/**
 * The three things beside the packages themselves cost a fifth of the time: debugging data, which `-s -w` throws away in
 * the end; C, which Pulumi's own releases do without; and collecting the compiler's garbage as often as Go does.
 */
function goBuild(name: string, cwd: string, bin: string, linker: string): Promise<ProcessResult> {
  const flags = ['-gcflags=all=-dwarf=false', '-ldflags', linker];
  return go(['build', ...flags, '-o', `${bin}${path.sep}`, name], cwd);
}

async function go(args: readonly string[], cwd: string): Promise<ProcessResult> {
  const env = { GOGC: '400', ...process.env, CGO_ENABLED: '0' };
  const result = await runProcess('go', args, { cwd, env, endsWithUs: true });
  if (result.code === 0) return result;
  throw new TidemarkError(
    `The Pulumi CLI could not be built with Go (exit ${result.code}: ${saidLast(result)}); install the Pulumi CLI ` +
      'itself (its documentation\'s page "Download & install Pulumi"), then run this again.',
  );
}

/** Waits for a build that another process runs at this moment, and clears away what an interrupted one left. */
async function settleOtherBuilds(versions: string, log: BuildOptions['log']): Promise<void> {
  for (const name of await readdir(versions)) {
    const pid = Number(/^\.build-(\d+)$/.exec(name)?.[1] ?? 0);
    if (pid === 0) continue;
    const folder = path.join(versions, name);
    if (await isBuilding(folder, pid)) log('Waiting for another process that builds the Pulumi CLI.');
    while (await isBuilding(folder, pid)) await sleep(1000);
    await rm(folder, { recursive: true, force: true });
  }
}

/** A process of that number may be a later one, so that a live build also has to touch its folder. */
async function isBuilding(folder: string, pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
    return Date.now() - (await stat(folder)).mtimeMs < LEASE_MS;
  } catch {
    return false;
  }
}
