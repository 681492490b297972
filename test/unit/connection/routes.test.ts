import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseConnection, readConnectionFile } from '../../../infra/cli/connectionFile';
import { bypassesRds } from '../../../infra/cli/pulumi';
import { routeFinder } from '../../../infra/cli/routes';
import { projectFolder, stackOptions } from '../../../infra/cli/stack';
import type { HostConnection } from '../../../infra/connection/connection';
import { announceRoute } from '../../../infra/connection/routes';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-routes-'));
const HOST = 'db.c1x2.eu-central-1.rds.amazonaws.com';
const READER = 'db.cluster-ro-c1x2.eu-central-1.rds.amazonaws.com';
const SSM = { ssm: { instance: 'i-0123456789abcdef0' } };
const OTHER = { ssm: { instance: 'i-0fedcba9876543210' } };
const connection = (more: Partial<HostConnection> = {}): HostConnection => ({
  host: HOST,
  database: 'metrics',
  user: 'u',
  passwordSecret: 'hunter2-is-only-a-name',
  tunnel: SSM,
  ...more,
});
let file = '';
let count = 0;

beforeEach(() => {
  file = join(folder, `routes-${count++}`);
  vi.stubEnv('TIDEMARK_TUNNEL_FILE', file);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true }));

const nothing = (): Promise<undefined> => Promise.resolve(undefined);
const route = (tunnel: HostConnection['tunnel'], host = HOST, port = 5432) => ({
  host,
  port,
  tunnel,
  region: 'eu-central-1',
});

describe('the route to a host', () => {
  it('is what the run itself has told last, for that host and port', async () => {
    const find = routeFinder({ file, project: folder, stackOutput: nothing });
    expect(await find(HOST, 5432)).toBeUndefined();
    announceRoute(connection());
    announceRoute(connection());
    expect(await find(HOST.toUpperCase(), 5432)).toEqual(route(SSM));
    announceRoute(connection({ tunnel: OTHER }));
    expect(await find(HOST, 5432)).toEqual(route(OTHER));
    expect(await find(HOST, 6432)).toBeUndefined();
    expect(await find('example.com', 5432)).toBeUndefined();
  });

  it('is the option’s for hosts of RDS and no other', async () => {
    const find = routeFinder({
      file,
      tunnelInstance: SSM.ssm.instance,
      project: folder,
      stackOutput: nothing,
    });
    expect(await find(READER, 6432)).toEqual(route(SSM, READER, 6432));
    expect(await find('example.com', 443)).toBeUndefined();
  });

  it('is that of a connection in a file, whatever its host is called', async () => {
    const path = join(folder, 'connection.yaml');
    writeFileSync(
      path,
      `{ host: db.internal, database: d, user: u, region: eu-central-1, tunnel: { ssm: { instance: ${SSM.ssm.instance} } } }`,
    );
    const find = routeFinder({ file, connection: path, project: folder, stackOutput: nothing });
    expect(await find('db.internal', 5432)).toEqual(route(SSM, 'db.internal'));
    expect(await find(READER, 5432)).toEqual(route(SSM, READER));
    expect(await find('example.com', 443)).toBeUndefined();
  });

  it('is that of the stack’s earlier run, which is asked once and for hosts of RDS only', async () => {
    const stackOutput = vi.fn(() => Promise.resolve(JSON.stringify(connection())));
    const find = routeFinder({ file, project: folder, stackOutput });
    expect(await find('example.com', 443)).toBeUndefined();
    expect(stackOutput).not.toHaveBeenCalled();
    expect(await find(HOST, 5432)).toEqual(route(SSM));
    expect(await find(READER, 5432)).toEqual(route(SSM, READER));
    expect(stackOutput).toHaveBeenCalledTimes(1);
  });

  it('is asked for again after the stack gave none', async () => {
    const stackOutput = vi
      .fn(() => Promise.resolve<string | undefined>(JSON.stringify(connection())))
      .mockResolvedValueOnce(undefined)
      .mockRejectedValueOnce(new Error('broken'));
    const find = routeFinder({ file, project: folder, stackOutput });
    expect(await Promise.all([find(HOST, 5432), find(READER, 5432)])).toEqual([undefined, undefined]);
    await expect(find(HOST, 5432)).rejects.toThrow('broken');
    expect(await find(HOST, 5432)).toEqual(route(SSM));
    expect(await find(HOST, 5432)).toEqual(route(SSM));
    expect(stackOutput).toHaveBeenCalledTimes(3);
  });

  it('has the key file where the project, or the program that tells of it, means it', async () => {
    const ssh = { host: 'bastion', user: 'ops', hostKey: `SHA256:${'a'.repeat(43)}`, keyFile: 'keys/id' };
    const given = connection({ tunnel: { ssh } });
    const find = routeFinder({
      file,
      project: folder,
      stackOutput: () => Promise.resolve(JSON.stringify(given)),
    });
    const keyFile = async (): Promise<unknown> => (await find(HOST, 5432))?.tunnel;
    expect(await keyFile()).toEqual({ ssh: { ...ssh, keyFile: join(folder, 'keys/id') } });
    announceRoute(given);
    expect(await keyFile()).toEqual({ ssh: { ...ssh, keyFile: join(process.cwd(), 'keys/id') } });
  });

  it('is none where there is no tunnel', async () => {
    const { tunnel: _, ...plain } = connection();
    announceRoute(plain);
    const find = routeFinder({
      file,
      project: folder,
      stackOutput: () => Promise.resolve(JSON.stringify(plain)),
    });
    expect(await find(HOST, 5432)).toBeUndefined();
  });
});

describe('what `tidemark pulumi` reads in its arguments and its environment', () => {
  it('is which stack of which folder', () => {
    expect(stackOptions(['up', '--stack', 'a', '-C', 'b', '--yes'])).toEqual(['--stack', 'a', '-C', 'b']);
    expect(stackOptions(['-sprod', '--cwd=x', 'up', '-s'])).toEqual(['-sprod', '--cwd=x']);
  });

  it('is the folder of the project, from the one named or the working one upwards', () => {
    const project = join(folder, 'project');
    mkdirSync(join(project, 'src'), { recursive: true });
    writeFileSync(join(project, 'Pulumi.yaml'), '');
    const below = relative(process.cwd(), join(project, 'src'));
    for (const args of [
      ['-C', below],
      [`-C${below}`],
      [`-C=${below}`],
      ['up', '--cwd', below],
      [`--cwd=${below}`],
    ]) {
      expect(projectFolder(args)).toBe(project);
    }
    expect(projectFolder(['up', '-C', folder])).toBe(folder);
    expect(projectFolder(['up'])).toBe(process.cwd());
  });

  it.each([
    ['*.amazonaws.com', true],
    ['*.rds.amazonaws.com', true],
    ['*.eu-central-1.rds.amazonaws.com', true],
    ['*.c1x2.eu-central-1.rds.amazonaws.com', true],
    ['*.amazonaws.com.cn', true],
    ['*.cn-north-1.amazonaws.com.cn', true],
    ['*.rds.cn-north-1.amazonaws.com.cn', true],
    ['*.cn-northwest-1.rds.amazonaws.com.cn', true],
    ['*.cn', true],
    ['*.amazonaws.com.', true],
    ['*.eu-central-1.amazonaws.com', false],
    ['*.s3.cn-north-1.amazonaws.com.cn', false],
    ['*.com', true],
    [HOST, true],
    [`${HOST}.`, true],
    ['amazonaws.com', false],
    ['.amazonaws.com', false],
    ['*.s3.amazonaws.com', false],
    ['*.example.com', false],
    ['10.0.0.0/8', false],
  ])('of NO_PROXY %s takes in RDS: %s', (entry, expected) => {
    expect(bypassesRds(entry)).toBe(expected);
  });
});

describe('a connection in a file', () => {
  it('may be JSON or YAML, and is checked', () => {
    const path = join(folder, 'c.json');
    writeFileSync(path, JSON.stringify(connection()));
    expect(readConnectionFile(path)).toEqual(connection());
    expect(parseConnection('urlEnv: X', 'x')).toEqual({ urlEnv: 'X' });
    expect(() => parseConnection('{ host: h, password: hunter2 }', 'c.json')).toThrow(
      /^c\.json: connection\.password is not allowed/,
    );
    expect(() => parseConnection('[secret]', 'c.json')).toThrow(/^c\.json: connection is not a map/);
    expect(() => readConnectionFile(join(folder, 'absent'))).toThrow(/absent cannot be read\.$/);
    const error = ((): unknown => {
      try {
        return parseConnection('{ hunter2: [', 'c.json');
      } catch (cause) {
        return cause;
      }
    })();
    expect(String((error as Error).stack)).toContain('c.json is neither JSON nor YAML.');
    expect(String((error as Error).stack)).not.toContain('hunter2');
  });
});
