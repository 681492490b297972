import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Engine, Rollup, Rollups } from '../../../infra/library';

const registered: pulumi.runtime.MockResourceArgs[] = [];
const directory = mkdtempSync(join(tmpdir(), 'tidemark-rollups-'));
const connection = { urlEnv: 'DATABASE_URL' };

function definition(name: string, more = ''): string {
  return `apiVersion: tidemark/v1\nname: ${name}\nsource: { table: raw.x, time: at }\nmeasures: { "*": [count] }\ntiers: [{ every: 1 hour }]\n${more}`;
}

beforeAll(async () => {
  await pulumi.runtime.setMocks({
    newResource: (args) => {
      registered.push(args);
      return { id: args.name, state: { ...args.inputs, views: [`gold.${args.name}_1h`] } };
    },
    call: () => ({}),
  });
  mkdirSync(join(directory, 'good'));
  writeFileSync(join(directory, 'good', 'b.yaml'), definition('b'));
  writeFileSync(join(directory, 'good', 'a.yaml'), definition('a'));
  mkdirSync(join(directory, 'bad'));
  writeFileSync(join(directory, 'bad', 'a.yaml'), definition('a', 'refesh: {}\n'));
  writeFileSync(join(directory, 'bad', 'b.yaml'), definition('B!'));
});
afterAll(() => rmSync(directory, { recursive: true }));
beforeEach(() => {
  registered.length = 0;
});

const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => void output.apply(resolve));

describe('Rollups', () => {
  it('registers the engine and one resource a definition, named by it', async () => {
    const rollups = new Rollups('all', { directory: join(directory, 'good'), connection });
    expect(await value(rollups.views)).toEqual({ a: ['gold.a_1h'], b: ['gold.b_1h'] });
    expect(Object.keys(rollups.rollups)).toEqual(['a', 'b']);
    expect(rollups.engine).toBeInstanceOf(Engine);
    expect(rollups.rollups['a']).toBeInstanceOf(Rollup);
    expect(registered.map(({ type, name }) => [type, name])).toEqual([
      ['tidemark:index:Rollups', 'all'],
      ['pulumi-nodejs:dynamic/tidemark:Engine', 'engine'],
      ['pulumi-nodejs:dynamic/tidemark:Rollup', 'a'],
      ['pulumi-nodejs:dynamic/tidemark:Rollup', 'b'],
    ]);
    expect(registered[2]?.inputs).toMatchObject({ connection, definition: { name: 'a' } });
  });

  it('takes parts of the connection from other resources, and a prefix for a second database', async () => {
    const host = pulumi.output('db.example');
    const rollups = new Rollups('more', {
      directory: join(directory, 'good'),
      connection: { host, database: 'app', user: 'u' },
      prefix: 'eu-',
    });
    await value(rollups.views);
    expect(registered.map(({ name }) => name)).toEqual(['more', 'eu-engine', 'eu-a', 'eu-b']);
    expect(registered[1]?.inputs['connection']).toEqual({ host: 'db.example', database: 'app', user: 'u' });
  });

  it.each([
    ['missing', undefined],
    ['empty', null],
    ['""', ''],
    ['an output', pulumi.output('rollups')],
  ])('says what is wanted where the directory is %s', (_, given) => {
    const make = () => new Rollups('all', { directory: given as unknown as string, connection });
    expect(make).toThrow(pulumi.RunError);
    expect(make).toThrow(
      /^Rollups "all": directory is .*; it must be the folder with the definitions, such as "rollups"$/,
    );
  });

  it('lists every mistake of every file, and registers nothing that would change a database', () => {
    const make = () => new Rollups('bad', { directory: join(directory, 'bad'), connection });
    expect(make).toThrow(pulumi.RunError);
    expect(make).toThrow(
      /^The definitions have 2 errors, so nothing is planned:\n {2}\S*a\.yaml:6:1: .*refesh.*\n {2}\S*b\.yaml:2:7: .*"B!"/,
    );
    expect(registered.filter(({ type }) => type.includes('dynamic'))).toEqual([]);
  });
});
