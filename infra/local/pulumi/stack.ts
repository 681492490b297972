/** Runs Pulumi on a stack whose state, passphrase and encryption salt all stay under `.local`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import * as path from 'node:path';
import { TidemarkError } from '../../model/error';
import { type ProcessResult, runProcess, saidLast } from '../../process/run';
import { ensurePulumiCli } from './cli';
import { hasPendingCreate, removeStaleLocks } from './killed';
import { ensurePassphrase, prepareConfig, projectName } from './stackFiles';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
}

export interface StackRunner {
  /** Runs one command to its end, after clearing away what a killed earlier run left. A failure is a result. */
  run(args: readonly string[], options?: RunOptions): Promise<ProcessResult>;
  /** Starts one command and clears nothing; its output is piped. */
  spawn(args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  /** Creates the stack if it is not there yet. */
  ensureStack(): Promise<void>;
  readonly stack: string;
  /** The stack's configuration, which every command reads and writes. */
  readonly configFile: string;
  /** The whole environment of every command. */
  readonly env: Readonly<Record<string, string>>;
}

export interface StackOptions {
  /** The checkout. */
  readonly root: string;
  /** The folder of Pulumi.yaml. */
  readonly project: string;
  /** The folder that holds the state. */
  readonly backend: string;
  /** Default `dev`. */
  readonly stack?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: (line: string) => void;
}

/** The commands that read or write the stack's configuration file, and so take `--config-file`. */
const CONFIGURED = new Set(['config', 'destroy', 'preview', 'refresh', 'up']);
/** The commands that take the stack's lock. */
const LOCKING = new Set(['destroy', 'refresh', 'up']);

/** Prepares a stack on a file backend; nothing of the project's own files is changed, its Pulumi.<stack>.yaml included. */
export async function stackRunner(options: StackOptions): Promise<StackRunner> {
  const stack = options.stack ?? 'dev';
  const project = path.resolve(options.project);
  const backend = path.resolve(options.backend);
  await mkdir(backend, { recursive: true });
  const log = options.log === undefined ? {} : { log: options.log };
  const cli = await ensurePulumiCli({ root: options.root, ...log });
  const name = await projectName(project);
  const config = await prepareConfig({ root: options.root, project, name, backend, stack });
  const env = {
    ...inherited(),
    ...cli.env,
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: await ensurePassphrase(options.root),
    PULUMI_STACK: stack,
    ...options.env,
  };

  const call = (args: readonly string[]): { args: readonly string[]; cwd: string } => {
    const flags = ['--non-interactive', '--color', 'never'];
    const configured = CONFIGURED.has(args[0] ?? '');
    // `stack init` and its like write a salt beside the Pulumi.yaml that they find: let that be the copy.
    if (!configured) return { args: [...args, ...flags], cwd: config.folder };
    return { args: [...args, '--config-file', config.file, ...flags], cwd: project };
  };
  const execute = (args: readonly string[], run: RunOptions): Promise<ProcessResult> => {
    const { args: all, cwd } = call(args);
    const onLine = run.onLine === undefined ? {} : { onLine: run.onLine };
    return runProcess(cli.command, all, { cwd, env: { ...env, ...run.env }, ...onLine });
  };
  const recover = async (command: string, run: RunOptions): Promise<void> => {
    if (!LOCKING.has(command)) return;
    const locks = await removeStaleLocks(backend, name, stack);
    if (locks > 0) run.onLine?.('An earlier run was killed. Removing the lock that it left.');
    if (command !== 'up' || !(await hasPendingCreate(backend, name, stack))) return;
    run.onLine?.('An earlier run was killed while it created resources. Reading what exists now.');
    const refresh = await execute(['refresh', '--yes', '--skip-preview', '--clear-pending-creates'], run);
    // `up` repeats the create anyway; without the refresh it only warns more.
    if (refresh.code !== 0) run.onLine?.(`Reading failed (${saidLast(refresh, 1)}). Continuing without it.`);
  };

  return {
    stack,
    configFile: config.file,
    env,
    async run(args, run = {}) {
      await recover(args[0] ?? '', run);
      return execute(args, run);
    },
    spawn(args, extra = {}) {
      const { args: all, cwd } = call(args);
      return spawn(cli.command, [...all], {
        cwd,
        env: { ...env, ...extra },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
    },
    async ensureStack() {
      const result = await execute(['stack', 'select', '--create', stack], {});
      if (result.code === 0) return;
      throw new TidemarkError(
        `Pulumi could not create the stack "${stack}" in ${backend}: ${saidLast(result)}`,
      );
    },
  };
}

function inherited(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(process.env)) {
    // The user's own passphrase would win over the file of this stack.
    if (value !== undefined && key !== 'PULUMI_CONFIG_PASSPHRASE') env[key] = value;
  }
  return env;
}
