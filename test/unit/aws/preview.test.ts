import { describe, expect, it } from 'vitest';
import { resolve } from '../../../infra/aws/resolve';
import { known, only } from './mocks';
import { build, databaseOf, ENGINES, TYPES } from './stacks';

describe.each(ENGINES)('the first preview of %s', (engine) => {
  it('shows all that will be made, though nothing of AWS is known', async () => {
    const args = { engine, bastion: true, backup: { vault: true } };
    const names = async (preview: boolean) =>
      (await build(args, { preview })).resources.map(({ type, name }) => `${type} ${name}`).sort();
    expect(await names(true)).toEqual(await names(false));
  });

  it('knows engine, version and settings', async () => {
    const { resources, result } = await build({ engine, engineVersion: '16' }, { preview: true });
    expect(databaseOf(resources).inputs['engineVersion']).toBe('16');
    expect(await known(result.engineVersion)).toBe('16');
    expect(only(resources, TYPES.server).inputs['parameters']).toMatchObject({ jit: '0' });
  });
});

describe.each(ENGINES)('the order of %s', (engine) => {
  it('is database, server, login; the login then needs no password', async () => {
    const { resources, result } = await build({ engine });
    const database = databaseOf(resources);
    const server = only(resources, TYPES.server);
    const login = only(resources, TYPES.login);
    expect(server.options.dependsOn).toContain(`${database.type}::${database.name}`);
    for (const { type, name } of resources.filter((one) => one.type === TYPES.member)) {
      expect(server.options.dependsOn).toContain(`${type}::${name}`);
    }
    expect(login.options.dependsOn).toContain(`${server.type}::${server.name}`);
    expect(login.inputs).toMatchObject({
      login: 'tidemark_deploy',
      memberOf: ['rds_superuser', 'rds_iam', 'pg_monitor'],
      connection: { database: 'postgres', user: 'postgres' },
    });
    expect(result.connection).toMatchObject({ database: 'metrics', user: 'tidemark_deploy', iam: true });
    expect(Object.keys(result.connection).filter((name) => name.startsWith('password'))).toEqual([]);
    expect(server.inputs).not.toHaveProperty(engine === 'rds' ? 'cluster' : 'instance');
    expect(server.inputs[engine === 'rds' ? 'instance' : 'cluster']).toBe('metrics-prod');
  });
});

describe('the name of a database', () => {
  it.each([
    ['metrics', 'prod', 'metrics-prod'],
    ['My_App.Site', 'dev', 'my-app-site-dev'],
    ['2024-app', 'prod', 'app-prod'],
    ['a'.repeat(60), 'prod', 'a'.repeat(50)],
    ['a'.repeat(49), 'prod', 'a'.repeat(49)],
    ['1', '2', 'tidemark'],
  ])('of project %s and stack %s', (project, stack, identifier) => {
    expect(resolve({ engine: 'rds' }, { project, stack }).identifier).toBe(identifier);
  });
});
