/** The stand-in cloud against real clients: what a test of the product relies on has to hold by itself. */
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cloud } from '../../standin/cloud';
import { delegate } from '../../standin/cloud/extensions';
import { connect, create, iamToken, instanceInputs, masterPassword, startCloud, update } from './cloudHelper';

const GROUP = 'aws:rds/parameterGroup:ParameterGroup';
const INSTANCE = 'aws:rds/instance:Instance';

const group = (version: number, more: readonly object[] = []) => ({
  name: `group-${version}`,
  family: `postgres${version}`,
  parameters: [
    { name: 'shared_preload_libraries', value: 'pg_stat_statements,pg_cron', applyMethod: 'pending-reboot' },
    { name: 'cron.database_name', value: 'metrics', applyMethod: 'pending-reboot' },
    ...more,
  ],
});
const instance = (version: number, groupVersion = version) => ({
  ...instanceInputs('standin', version),
  parameterGroupName: `group-${groupVersion}`,
  allowMajorVersionUpgrade: true,
  applyImmediately: true,
});

let cloud: Cloud;
let master: Client;

const asMaster = () =>
  connect(cloud, 'standin', { user: 'postgres', password: masterPassword(cloud, 'standin') });
const value = async (client: Client, sql: string) =>
  Object.values((await client.query(sql)).rows[0] ?? {})[0];

beforeAll(async () => {
  cloud = await startCloud('standin');
  await create(cloud, GROUP, group(15));
  await create(cloud, INSTANCE, instance(15));
  master = await asMaster();
});
afterAll(async () => {
  await master?.end();
  await cloud?.close();
});

describe('the master user', () => {
  it('is an administrator and no superuser', async () => {
    expect(await value(master, 'select rolsuper from pg_roles where rolname = current_user')).toBe(false);
    await expect(master.query('select pg_read_file($1)', ['PG_VERSION'])).rejects.toThrow(
      /permission denied/,
    );
    await expect(master.query("copy (select 1) to program 'true'")).rejects.toThrow(
      /permission denied|must be/,
    );
    await expect(master.query('alter system set work_mem = 64')).rejects.toThrow(/permission denied/);
    await expect(master.query('create role super superuser')).rejects.toThrow(/must be superuser/);
    await expect(master.query('create extension hypopg')).rejects.toThrow(/permission denied/);
    await expect(master.query('select rolpassword from pg_authid')).rejects.toThrow(/permission denied/);
  });

  it('has a new password after a rotation, and the old one is no good', async () => {
    const old = masterPassword(cloud, 'standin');
    await cloud.rotate('standin');
    await expect(connect(cloud, 'standin', { user: 'postgres', password: old })).rejects.toThrow(/password/);
    await (await asMaster()).end();
  });
});

describe('TLS', () => {
  it('is demanded, with the authority and the name of the endpoint', async () => {
    const password = masterPassword(cloud, 'standin');
    const login = { user: 'postgres', password };
    await expect(connect(cloud, 'standin', { ...login, ssl: false })).rejects.toThrow(/no encryption/);
    await expect(connect(cloud, 'standin', { ...login, ssl: { ca: '' } })).rejects.toThrow(/certificate/);
    await expect(connect(cloud, 'standin', { ...login, host: '127.0.0.1' })).rejects.toThrow(/altnames/);
  });
});

describe('a login by IAM', () => {
  const login = async (user: string, password: string) =>
    (await connect(cloud, 'standin', { user, password })).end();

  it('takes a fresh token of the right user, signed with the right key', async () => {
    await master.query(
      'create role deploy login createrole createdb; grant rds_iam, rds_superuser to deploy',
    );
    const token = await iamToken(cloud, 'standin', 'deploy');
    await login('deploy', token);
    expect(cloud.tokenLogins).toContain('deploy');

    await master.query('create role other login; grant rds_iam to other');
    await expect(login('other', token)).rejects.toThrow(/LDAP authentication failed/);
    await expect(
      login(
        'deploy',
        token.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
      ),
    ).rejects.toThrow(/LDAP/);
    const wrongKey = { ...cloud.credentials, secretAccessKey: 'guess' };
    await expect(login('deploy', await iamToken(cloud, 'standin', 'deploy', wrongKey))).rejects.toThrow(
      /LDAP/,
    );
    await expect(login('deploy', 'secret')).rejects.toThrow(/LDAP/);
    expect(cloud.refusedTokens).toEqual([
      'other: it is for another user',
      'deploy: its signature is wrong',
      'deploy: its signature is wrong',
      expect.stringContaining('deploy: it is for'),
    ]);
  });

  it('lets nobody else in by a token', async () => {
    await master.query('create role plain login');
    await expect(login('plain', await iamToken(cloud, 'standin', 'plain'))).rejects.toThrow(/password/);
  });
});

describe('the parameter group', () => {
  const jit = { name: 'jit', value: '0', applyMethod: 'immediate' };
  const jobs = { name: 'cron.max_running_jobs', value: '7', applyMethod: 'pending-reboot' };
  const setting = (name: string) => value(master, `select setting from pg_settings where name = '${name}'`);
  const status = () => cloud.database('standin').parameterStatus();

  it('brings dynamic parameters at once and static ones at a reboot', async () => {
    expect([await setting('jit'), status()]).toEqual(['on', 'in-sync']);
    await update(cloud, GROUP, 'group-15', group(15, [jit, jobs]));
    await expect.poll(() => setting('jit'), { timeout: 60_000 }).toBe('off');
    await expect.poll(status, { timeout: 60_000 }).toBe('pending-reboot');
    expect(await setting('cron.max_running_jobs')).not.toBe('7');
    expect(await value(master, 'select count(*)::integer from pg_settings where pending_restart')).toBe(0);
    await cloud.database('standin').reboot();
    master = await asMaster();
    expect([await setting('cron.max_running_jobs'), status()]).toEqual(['7', 'in-sync']);
  });
});

describe('a new major version', () => {
  it('keeps roles, data, jobs, and pg_partman at its old version until it is updated', async () => {
    const server = cloud.database('standin');
    await server.postgres.asAdmin('postgres', async (admin) => {
      await admin.query('create database metrics owner deploy');
    });
    await delegate(server, 'metrics', 'deploy', ['create extension pg_cron']);
    const token = () => iamToken(cloud, 'standin', 'deploy');
    const deploy = await connect(cloud, 'standin', {
      user: 'deploy',
      password: await token(),
      database: 'metrics',
    });
    await deploy.query('create schema partman');
    await delegate(server, 'metrics', 'deploy', ['create extension pg_partman schema partman']);
    await deploy.query('create table public.t (at timestamptz not null, v int) partition by range (at)');
    await deploy.query(
      `select partman.create_parent('public.t', 'at', 'native', 'daily'); insert into t values (now(), 42)`,
    );
    await deploy.query(
      `update partman.part_config set retention = '30 days' where parent_table = 'public.t'`,
    );
    await deploy.query(`select cron.schedule('kept', '0 0 1 1 *', 'select 1')`);
    await deploy.end();

    await create(cloud, GROUP, group(18));
    await update(cloud, INSTANCE, 'standin', instance(18));
    const later = await connect(cloud, 'standin', {
      user: 'deploy',
      password: await token(),
      database: 'metrics',
    });
    expect(await value(later, 'show server_version')).toMatch(/^18\./);
    expect(await value(later, 'select v from t')).toBe(42);
    const version = `select extversion from pg_extension where extname = 'pg_partman'`;
    expect(await value(later, version)).toBe('4.7.2');
    const newest = await value(
      later,
      `select default_version from pg_available_extensions where name = 'pg_partman'`,
    );
    for (const step of ['5.0.0', '5.0.1', newest])
      await later.query(`alter extension pg_partman update to '${step}'`);
    expect(await value(later, version)).toBe(newest);
    const { rows } = await later.query(
      'select parent_table, partition_type, retention from partman.part_config',
    );
    expect(rows).toEqual([{ parent_table: 'public.t', partition_type: 'range', retention: '30 days' }]);
    await later.query('call partman.run_maintenance_proc()');
    const jobs = await later.query('select jobname, username, database from cron.job');
    expect(jobs.rows).toEqual([{ jobname: 'kept', username: 'deploy', database: 'metrics' }]);
    await later.end();
  });
});
