import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Client } from 'pg';
import { expect, vi } from 'vitest';
import type { LocalServer } from '../../../infra/local/postgres';
import { type StackRunner, stackRunner } from '../../../infra/local/pulumiStack';
import { generation, openClient } from '../../helpers/database';
import { testServer } from '../../helpers/servers';
import { clean } from './clean';

export const ROOT = join(__dirname, '../../..');
/** One file at a time uses the one database that has pg_cron. */
const TURN = 7_116;

// A run of the CLI takes seconds, on a busy machine many; and a file may have to wait for its turn.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 900_000 });

export interface Result {
  readonly code: number;
  /** Both streams. */
  readonly text: string;
}

/** This repository's own program, on a state, definitions and a database of the test's own. */
export class TestStack {
  readonly #output: string[] = [];

  constructor(
    readonly server: LocalServer,
    readonly folder: string,
    readonly runner: StackRunner,
    readonly client: Client,
    readonly turn: Client,
  ) {}

  async run(...args: readonly string[]): Promise<Result> {
    const { code, stdout, stderr } = await this.runner.run(args, {
      onLine: (line) => this.#output.push(line),
    });
    return { code, text: `${stdout}\n${stderr}` };
  }

  /** Runs a command that must succeed. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, text } = await this.run(...args);
    expect(code, `pulumi ${args.join(' ')}\n${text}`).toBe(0);
    return text;
  }

  /** Runs a command that must fail, and not with a stack. */
  async fails(...args: readonly string[]): Promise<string> {
    const { code, text } = await this.run(...args);
    expect(code, text).not.toBe(0);
    expect(text).not.toMatch(/^\s+at .*[:(]\d+|node:internal|UnhandledPromise/m);
    return text;
  }

  up(): Promise<string> {
    return this.ok('up', '--yes', '--skip-preview');
  }

  unchanged(): Promise<string> {
    return this.ok('preview', '--expect-no-changes');
  }

  define(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, 'rollups', `${name}.yaml`), text);
  }

  remove(name: string): Promise<void> {
    return rm(join(this.folder, 'rollups', `${name}.yaml`));
  }

  connect(url: string): Promise<void> {
    return writeFile(join(this.folder, 'url'), `${url}\n`, { mode: 0o600 });
  }

  /** Replaces the whole configuration; the salt, if there is one, belongs to the state and stays. */
  async configure(values: { connection?: object; rollups?: string }): Promise<void> {
    // Written at once: each `pulumi config set` takes a second.
    const file = this.runner.configFile;
    const salt = /^encryptionsalt:.*$/m.exec(await readFile(file, 'utf8'))?.[0] ?? '';
    const config = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [`tidemark:${key}`, value]),
    );
    await writeFile(file, `config: ${JSON.stringify(config)}\n${salt}\n`);
  }

  /** Everything that Pulumi keeps or has printed. */
  async traces(): Promise<string> {
    const state = join(this.folder, 'state');
    const entries = await readdir(state, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
    return [...texts, ...this.#output].join('\n');
  }

  async close(): Promise<void> {
    await this.client.end();
    await clean(this.server);
    await this.turn.end();
  }
}

export async function testStack(name: string): Promise<TestStack> {
  const server = await testServer(generation());
  const turn = await openClient(server.adminUrl);
  await turn.query('select pg_advisory_lock($1)', [TURN]);
  await clean(server);
  const folder = join(ROOT, '.local', 'test', 'provider', name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'rollups'), { recursive: true });
  const runner = await stackRunner({
    root: ROOT,
    project: ROOT,
    backend: join(folder, 'state'),
    stack: `test-${name}`,
  });
  const stack = new TestStack(server, folder, runner, await openClient(server.url), turn);
  await stack.connect(server.url);
  const place = relative(ROOT, folder);
  await stack.configure({ connection: { urlFile: join(place, 'url') }, rollups: join(place, 'rollups') });
  await runner.ensureStack();
  return stack;
}
