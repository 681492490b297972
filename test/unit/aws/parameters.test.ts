import { describe, expect, it } from 'vitest';
import { expectedSettings, groupParameters } from '../../../infra/aws/parameters';
import { only } from './mocks';
import { build, databaseOf, ENGINES, parametersOf, TYPES } from './stacks';

const NEEDED: Readonly<Record<string, readonly [value: string, applyMethod: string]>> = {
  shared_preload_libraries: ['pg_stat_statements,pg_cron', 'pending-reboot'],
  'cron.database_name': ['metrics', 'pending-reboot'],
  'cron.max_running_jobs': ['10', 'pending-reboot'],
  'cron.log_statement': ['off', 'pending-reboot'],
  max_worker_processes: ['32', 'pending-reboot'],
  'rds.force_ssl': ['1', 'pending-reboot'],
  jit: ['0', 'immediate'],
  autovacuum_vacuum_insert_scale_factor: ['0.05', 'immediate'],
  autovacuum_vacuum_scale_factor: ['0.03', 'immediate'],
  autovacuum_analyze_scale_factor: ['0.02', 'immediate'],
  autovacuum_vacuum_cost_delay: ['1', 'immediate'],
  idle_in_transaction_session_timeout: ['300000', 'immediate'],
  log_min_duration_statement: ['5000', 'immediate'],
  log_lock_waits: ['1', 'immediate'],
  log_temp_files: ['65536', 'immediate'],
  track_io_timing: ['1', 'immediate'],
  'pg_stat_statements.track': ['all', 'immediate'],
};

const CHOICES = { database: 'metrics', instanceClass: 'db.m7g.large', maxCapacity: 16 };

function parameter(
  parameters: Readonly<Record<string, string>>,
  name: string,
  instanceClass = 'db.m7g.large',
) {
  return groupParameters({ ...CHOICES, instanceClass, parameters }).find((one) => one.name === name);
}

describe.each(ENGINES)('the parameter group of %s', (engine) => {
  it('has exactly what the rollups need', async () => {
    const found = await parametersOf({ engine });
    const shown = [...found].map(([name, { value, applyMethod }]) => [name, [value, applyMethod]]);
    expect(Object.fromEntries(shown)).toEqual(NEEDED);
  });

  it.each(['15', '16.9', '17', '18.4'])(
    'is of the family of %s, under a generated name',
    async (engineVersion) => {
      const { resources } = await build({ engine, engineVersion });
      const group = only(resources, engine === 'rds' ? TYPES.group : TYPES.clusterGroup);
      const major = engineVersion.slice(0, 2);
      expect(group.inputs['family']).toBe(`${engine === 'rds' ? 'postgres' : 'aurora-postgresql'}${major}`);
      expect(group.inputs).not.toHaveProperty('name');
      expect(group.inputs).not.toHaveProperty('namePrefix');
      expect(databaseOf(resources).inputs['engineVersion']).toBe(engineVersion);
    },
  );

  it('is what the server is checked against, but for settings that only RDS knows', async () => {
    const { resources } = await build({ engine, allowReboot: true });
    const { 'rds.force_ssl': _, ...shown } = NEEDED;
    const { inputs } = only(resources, TYPES.server);
    expect(inputs['parameters']).toEqual(
      Object.fromEntries(Object.entries(shown).map(([name, [value]]) => [name, value])),
    );
    expect(inputs['allowReboot']).toBe(true);
  });
});

describe('parameters of the user', () => {
  it('adds libraries, keeps the default ones, and names none twice', () => {
    const given = (text: string) =>
      parameter({ shared_preload_libraries: text }, 'shared_preload_libraries')?.value;
    expect(given('pgaudit')).toBe('pg_stat_statements,pgaudit,pg_cron');
    expect(given('pg_cron, auto_explain,,pg_stat_statements')).toBe(
      'pg_stat_statements,pg_cron,auto_explain',
    );
  });

  it.each([
    ['work_mem', '65536', 'immediate'],
    ['jit', '1', 'immediate'],
    ['statement_timeout', '60000', 'immediate'],
    ['idle_session_timeout', '600000', 'immediate'],
    ['geqo_threshold', '14', 'pending-reboot'],
    ['max_connections', '500', 'pending-reboot'],
    ['rds.logical_replication', '1', 'pending-reboot'],
    ['some_extension.unheard_of', 'x', 'pending-reboot'],
  ])('%s = %s is applied by %s', (name, value, applyMethod) => {
    expect(parameter({ [name]: value }, name)).toEqual({ name, value, applyMethod });
  });

  it.each([
    ['db.m7g.large', '10', '32'],
    ['db.m7g.16xlarge', '10', '128'],
    ['db.m7g.xlarge', '10', '32'],
    ['db.t4g.micro', '40', '62'],
    ['db.serverless', '10', '32'],
  ])('on %s with %s jobs there are %s workers', (instanceClass, jobs, workers) => {
    const own = { 'cron.max_running_jobs': jobs };
    expect(parameter(own, 'max_worker_processes', instanceClass)?.value).toBe(workers);
  });

  it('may set the workers', () => {
    expect(parameter({ max_worker_processes: '64' }, 'max_worker_processes')?.value).toBe('64');
  });

  it('are in the order of their names, so that no order differs', () => {
    const names = groupParameters({ ...CHOICES, parameters: { zero_damaged_pages: '0', array_nulls: '1' } });
    const found = names.map(({ name }) => name);
    expect(found).toEqual([...found].sort());
    expect(found).toContain('array_nulls');
  });

  it('are not waited for where only RDS knows the result', () => {
    const parameters = groupParameters({
      ...CHOICES,
      parameters: {
        shared_buffers: '{DBInstanceClassMemory/32768}',
        work_mem: '65536',
        'rds.log_retention_period': '10080',
      },
    });
    const expected = expectedSettings(parameters);
    expect(expected).toMatchObject({ work_mem: '65536' });
    expect(expected).not.toHaveProperty('shared_buffers');
    expect(expected).not.toHaveProperty(['rds.log_retention_period']);
    expect(expected).not.toHaveProperty(['rds.force_ssl']);
  });
});
