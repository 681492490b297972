/** The Pulumi CLI that `pulumi` stands for: the program itself, never one that only starts it. */
import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve, sep } from 'node:path';
import { packageVersion } from '../local/pulumi/version';
import { TidemarkError } from '../model/error';
import { isProgram } from '../process/program';

export interface PulumiProgram {
  readonly command: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * The first `pulumi` on PATH. The one of the npm package starts the CLI that it keeps, and a signal ends it while that goes
 * on, unheard of: so that CLI itself is taken, in the same version, after the package has downloaded it where it has to.
 */
export async function pulumiProgram(env: NodeJS.ProcessEnv): Promise<PulumiProgram> {
  const command = onPath(env['PATH'] ?? '');
  if (command === undefined) return { command: 'pulumi', env };
  const version = await wrappedVersion(command, env);
  if (version === undefined) return { command, env };
  const bin = join(env['PULUMI_HOME'] || join(homedir(), '.pulumi'), 'versions', version, 'bin');
  const cli = join(bin, 'pulumi');
  if (!isProgram(cli)) {
    const { status } = spawnSync(command, ['version'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw unstarted(version);
    if (!isProgram(cli)) return { command, env };
  }
  // The CLI starts others by name, which stand beside it.
  return { command: cli, env: { ...env, PATH: `${bin}${delimiter}${env['PATH']}` } };
}

function onPath(path: string): string | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => resolve(folder, 'pulumi')).find(isProgram);
}

/** The version that the command would start, if it belongs to the npm package: as a link into it, or a script beside it. */
async function wrappedVersion(command: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const real = realpathSync(command);
  const at = real.lastIndexOf(`${sep}node_modules${sep}`);
  const version = at === -1 ? undefined : await packageVersion(real.slice(0, at));
  return version === undefined ? undefined : env['PULUMI_VERSION'] || version;
}

function unstarted(version: string): TidemarkError {
  return new TidemarkError(`The npm package \`pulumi\` does not start its CLI ${version}.`, {
    hint: 'Its output above gives the reason. To do without the package, install the CLI: https://www.pulumi.com/docs/install/.',
  });
}
