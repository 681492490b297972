import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDatabase, withClient, withDatabase } from '../../../infra/local/postgres/database';
import { stackRunner } from '../../../infra/local/pulumi/stack';
import { ROOT, type TestStack, testStack } from './stack';

const OTHER = 'tidemark_without_cron';
const DEFINITION = `
apiVersion: tidemark/v1
name: one
source: { table: raw.one, time: at }
measures: { "*": [count] }
tiers: [{ every: 1 hour }]
`;
const UP = ['up', '--yes', '--skip-preview'];

let stack: TestStack;
const rollups = () => relative(ROOT, join(stack.folder, 'rollups'));

beforeAll(async () => {
  stack = await testStack('surroundings');
  await stack.define('one', DEFINITION);
});
afterAll(async () => {
  await withClient(withDatabase(stack.server.adminUrl, 'postgres'), (client) =>
    client.query(`drop database if exists ${OTHER} with (force)`),
  );
  await stack.close();
});

/** The one place that tells: what stands below the resource in the diagnostics. */
async function complaint(...args: readonly string[]): Promise<string> {
  const text = await stack.fails(...args);
  const told = text.split('Diagnostics:')[1]?.split(/\n\S/)[0] ?? text;
  return told.replace(/\s+/g, ' ');
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 1;
}

describe('pulumi up says in one sentence', () => {
  it('that no database answers', async () => {
    await stack.connect(`postgresql://tidemark:x@127.0.0.1:${await closedPort()}/tidemark`);
    expect(await complaint(...UP)).toMatch(
      /No PostgreSQL answers at the configured host and port\. Check that the server runs/,
    );
  });

  it('that the password is wrong', async () => {
    const url = new URL(stack.server.url);
    url.password = 'not-the-password';
    await stack.connect(url.href);
    expect(await complaint(...UP)).toMatch(
      /The database refused the password\..*Check the password in the variable, file or secret/,
    );
    expect(await stack.traces()).not.toContain('not-the-password');
  });

  it('that pg_cron lives in another database', async () => {
    await prepareDatabase(stack.server.adminUrl, OTHER);
    await stack.connect(withDatabase(stack.server.url, OTHER));
    expect(await complaint(...UP)).toMatch(
      /pg_cron runs in the database tidemark \(cron\.database_name\), not in tidemark_without_cron\. Deploy into tidemark/,
    );
  });

  it('that the file with the URL is not there', async () => {
    await stack.configure({ connection: { urlFile: 'no/such/file' }, rollups: rollups() });
    expect(await complaint(...UP)).toMatch(
      /The connection reads the file \S*no\/such\/file, but the file cannot be read\./,
    );
  });

  it('that the configuration is wrong, without repeating it', async () => {
    await stack.configure({ connection: { urlFile: 'postgres://u:secret@h/d' } });
    expect(await complaint('preview')).toMatch(
      /In the configuration, tidemark:connection\.urlFile must be the path of a file\./,
    );
    expect(await stack.traces()).not.toContain('secret@');
    await stack.configure({});
    expect(await complaint('preview')).toMatch(
      /The configuration does not say which database to use: tidemark:engine is connection, but tidemark:connection is missing\./,
    );
  });

  it('every mistake of every definition', async () => {
    await stack.configure({ connection: { urlEnv: 'ANY' }, rollups: rollups() });
    await stack.define('one', DEFINITION.replace('at }', 'at, tabel: x }'));
    await stack.define('two', DEFINITION.replace('name: one', 'name: two').replace('1 hour', '1 huor'));
    expect(await complaint('preview')).toMatch(
      /The definitions have 2 errors, so nothing is planned: \S+one\.yaml:4:\d+: .*tabel.* \S+two\.yaml:6:\d+: .*1 huor/,
    );
  });

  it('that the build is missing', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-unbuilt-'));
    await mkdir(join(folder, 'infra'));
    for (const file of ['Pulumi.yaml', 'package.json', 'infra/main.js'])
      await cp(join(ROOT, file), join(folder, file));
    await mkdir(join(folder, 'node_modules', '@pulumi'), { recursive: true });
    await symlink(
      join(ROOT, 'node_modules', '@pulumi', 'pulumi'),
      join(folder, 'node_modules', '@pulumi', 'pulumi'),
    );
    await writeFile(
      join(folder, 'Pulumi.unbuilt.yaml'),
      'config: { tidemark:connection: { urlEnv: ANY } }\n',
    );
    const runner = await stackRunner({
      root: ROOT,
      project: folder,
      backend: join(stack.folder, 'state'),
      stack: 'unbuilt',
    });
    await runner.ensureStack();
    const { code, stdout } = await runner.run(UP);
    expect(code).not.toBe(0);
    expect(stdout).toMatch(/error: The build is missing: run `npm run build`, then try again\./);
    expect(stdout).not.toMatch(/^\s+at /m);
    await rm(folder, { recursive: true });
  });
});
