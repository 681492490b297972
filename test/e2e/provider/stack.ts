import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Client } from 'pg';
import { expect } from 'vitest';
import type { LocalServer } from '../../../infra/local/postgres/server';
import { type StackRunner, stackRunner } from '../../../infra/local/pulumi/stack';
import { generation, openClient } from '../../helpers/database';
import { testServer } from '../../helpers/servers';
import { PulumiStack } from '../pulumiStack';
import { clean } from './clean';

export const ROOT = join(__dirname, '../../..');
/** One file at a time uses the one database that has pg_cron. */
const TURN = 7_116;

/** This repository's own program, on a state, definitions and a database of the test's own. */
export class TestStack extends PulumiStack {
  constructor(
    readonly server: LocalServer,
    folder: string,
    runner: StackRunner,
    readonly client: Client,
    readonly turn: Client,
  ) {
    super(folder, runner);
  }

  /** Runs a command that must fail, and not with a stack. */
  override async fails(...args: readonly string[]): Promise<string> {
    const text = await super.fails(...args);
    expect(text).not.toMatch(/^\s+at .*[:(]\d+|node:internal|UnhandledPromise/m);
    return text;
  }

  unchanged(): Promise<string> {
    return this.ok('preview', '--expect-no-changes');
  }

  remove(name: string): Promise<void> {
    return rm(join(this.folder, 'rollups', `${name}.yaml`));
  }

  connect(url: string): Promise<void> {
    return writeFile(join(this.folder, 'url'), `${url}\n`, { mode: 0o600 });
  }

  configure(values: { connection?: object; rollups?: string; adopt?: boolean }): Promise<void> {
    return this.writeConfig(values);
  }

  /** The connection by the file, the definitions of the stack's own folder, and what is given besides. */
  setUp(more: { adopt?: boolean } = {}): Promise<void> {
    const place = relative(ROOT, this.folder);
    return this.configure({
      connection: { urlFile: join(place, 'url') },
      rollups: join(place, 'rollups'),
      ...more,
    });
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
  await stack.setUp();
  await runner.ensureStack();
  return stack;
}
