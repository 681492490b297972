/** This repository's own program on the stand-in cloud: real CLI, engine and SDKs, with a state of the test's own. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from 'pg';
import { parse, stringify } from 'yaml';
import { type StackRunner, stackRunner } from '../../../infra/local/pulumi/stack';
import type { Cloud } from '../../standin/cloud';
import { PulumiStack } from '../pulumiStack';
import { connect, iamToken, ROOT, startCloud } from './cloudHelper';

/** What a user writes under `tidemark:` in the stack's file. */
export type Options = Readonly<Record<string, unknown>>;

const BASE: Options = { rollups: 'rollups', caFile: 'ca/ca.pem' };

export class AwsStack extends PulumiStack {
  #client: Client | undefined;

  private constructor(
    readonly cloud: Cloud,
    /** Also the folder of Pulumi.yaml. */
    folder: string,
    readonly identifier: string,
    runner: StackRunner,
  ) {
    super(folder, runner);
  }

  /** @param host The name of the database's endpoint. Default: localhost. */
  static async start(name: string, identifier: string, options: Options, host?: string): Promise<AwsStack> {
    const folder = join(ROOT, '.local', 'test', 'cloud', name);
    const cloud = await startCloud(name, host);
    try {
      for (const part of ['state', 'rollups']) await rm(join(folder, part), { recursive: true, force: true });
      await mkdir(join(folder, 'rollups'), { recursive: true });
      await writeProject(folder);
      const runner = await stackRunner({
        root: ROOT,
        project: folder,
        backend: join(folder, 'state'),
        stack: `test-aws-${name}`,
        env: cloud.environment,
      });
      const stack = new AwsStack(cloud, folder, identifier, runner);
      await stack.configure(options);
      await runner.ensureStack();
      return stack;
    } catch (error) {
      await cloud.close();
      throw error;
    }
  }

  /** A session of the login that deploys, as the role that owns everything; `reconnect` makes a new one. */
  get client(): Client {
    if (this.#client === undefined) throw new Error('not connected');
    return this.#client;
  }

  async reconnect(): Promise<Client> {
    await this.#client?.end().catch(() => undefined);
    const user = 'tidemark_deploy';
    const password = await iamToken(this.cloud, this.identifier, user);
    this.#client = await connect(this.cloud, this.identifier, { user, password, database: 'metrics' });
    await this.#client.query('set role tidemark_owner');
    return this.#client;
  }

  configure(options: Options): Promise<void> {
    return this.writeConfig({ ...BASE, ...options }, { 'aws:region': this.cloud.account.region });
  }

  unchanged(): Promise<string> {
    return this.ok('preview', '--diff', '--expect-no-changes');
  }

  async setting(name: string): Promise<unknown> {
    const { rows } = await this.client.query('select setting from pg_settings where name = $1', [name]);
    return rows[0]?.setting;
  }

  async close(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
    await this.cloud.close();
  }
}

/** The project's own Pulumi.yaml, so that its configuration is tried too, with the stand-ins as providers. */
async function writeProject(folder: string): Promise<void> {
  const project = parse(await readFile(join(ROOT, 'Pulumi.yaml'), 'utf8')) as Record<string, unknown>;
  const standin = (name: string) => ({ name, path: join(ROOT, 'test', 'standin', name) });
  const changed = {
    ...project,
    main: 'index.js',
    plugins: { providers: [standin('aws'), standin('postgresql')] },
  };
  await writeFile(join(folder, 'Pulumi.yaml'), stringify(changed));
  const program = relative(folder, join(ROOT, 'dist', 'infra', 'index.js'));
  await writeFile(join(folder, 'index.js'), `module.exports = require('${program}');\n`);
}

/** All words of all processes of this machine, now. */
export async function processArguments(): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-Aww', '-o', 'args='], { maxBuffer: 64_000_000 });
  return stdout;
}
