import { join } from 'node:path';
import { writeUrlFile } from '../infra/local/postgres/urlFile';
import { type StackRunner, stackRunner } from '../infra/local/pulumi/stack';
import { TidemarkError } from '../infra/model/error';
import { colors, report, say, since } from './terminal';

export interface Demo {
  /** The checkout, with Pulumi.yaml. */
  readonly root: string;
  /** Holds server, state and URL file; `.local` of the checkout unless told otherwise. */
  readonly directory: string;
}

/** Where Pulumi.dev.yaml expects the database's URL. */
const CONFIGURED = join('.local', 'postgres', 'url');

/** The stack `dev` on a file backend, pointed at this database. */
export async function openStack(demo: Demo, url: string): Promise<StackRunner> {
  const file = await writeUrlFile(join(demo.directory, 'postgres'), url);
  const backend = join(demo.directory, 'pulumi', 'state');
  const runner = await stackRunner({ root: demo.root, project: demo.root, backend, log: report });
  await runner.ensureStack();
  if (file !== join(demo.root, CONFIGURED))
    await command(runner, ['config', 'set', '--path', 'tidemark:connection.urlFile', file]);
  return runner;
}

async function command(
  runner: StackRunner,
  args: readonly string[],
  onLine?: (line: string) => void,
): Promise<string> {
  const result = await runner.run(args, onLine === undefined ? {} : { onLine });
  if (result.code === 0) return result.stdout;
  throw new TidemarkError(`pulumi ${args[0]} failed with exit code ${result.code}.`, {
    hint:
      onLine === undefined
        ? result.stderr.trim() || result.stdout.trim()
        : 'The lines above say why; run the demo again when it is mended.',
  });
}

/** A line of Pulumi's own output; what it leaves empty is left out. */
const quote = (line: string) => {
  if (line.trim() !== '') say(`${colors.dim('│')} ${line.trimEnd()}`);
};

/** The real `pulumi up`; it reads the database first, since that may be another one than last time. */
export async function up(runner: StackRunner): Promise<void> {
  const started = Date.now();
  say(colors.bold('$ pulumi up --refresh'));
  await command(runner, ['up', '--yes', '--skip-preview', '--refresh', '--suppress-progress'], quote);
  say(`Deployed in ${since(started)}.`);
}

/** A preview that fails if it finds anything to change. */
export async function previewNothing(runner: StackRunner): Promise<void> {
  const started = Date.now();
  say(colors.bold('$ pulumi preview --expect-no-changes'));
  await command(runner, ['preview', '--expect-no-changes', '--suppress-progress'], quote);
  say(`No changes, found in ${since(started)}.`);
}
