import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyEngine } from '../../../infra/db/engine/engine';
import { applyRollup } from '../../../infra/db/rollup/apply';
import type { LocalServer } from '../../../infra/local/postgres/server';
import type { RollupDefinition } from '../../../infra/model/definition';
import { type Captured, capture } from '../../unit/aws/access/captured';
import { definition } from '../operations/support';
import { admit, applied, drift, emptied, rdsServer, session, stopServer, urlOf } from './rds';

let server: LocalServer;
let resources: readonly Captured[];

const plain = definition({ name: 'flows', table: 'flows', retention: null });

/** Its source is made by the deployment, with partitions of a month. */
const rollup: RollupDefinition = {
  ...plain,
  source: {
    ...plain.source,
    columns: [
      { name: 'ts', type: 'timestamptz', nullable: false },
      { name: 'k', type: 'text', nullable: true },
      { name: 'v', type: 'integer', nullable: true },
      { name: 'f', type: 'double precision', nullable: true },
    ],
  },
};

/** The SQLSTATE of a statement, or null if it works. */
async function refusal(client: Client, statement: string): Promise<string | null> {
  try {
    await client.query(statement);
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? 'no code';
  }
}

const owner = <T>(work: (client: Client) => Promise<T>): Promise<T> =>
  session(urlOf(server, 'tidemark_deploy'), async (client) => {
    await client.query(
      "set role tidemark_owner; set search_path = pg_catalog, pg_temp; set timezone = 'UTC'; set lock_timeout = '3s'",
    );
    return work(client);
  });

beforeAll(async () => {
  server = await rdsServer('access');
  await emptied(server);
  const engineVersion = String(server.generation);
  resources = (await capture({ database: server.database, engineVersion })).resources;
  await applied(server, resources);
  // Dropping pg_cron's database ended its launcher, which comes back with the server.
  await stopServer('access');
  server = await rdsServer('access');
});

afterAll(() => stopServer('access'));

describe('what DatabaseAccess makes', () => {
  it('is read back as it was asked for', async () => {
    expect(await drift(server, resources)).toEqual([]);
  });

  it('is noticed when somebody changes it', async () => {
    await session(urlOf(server, 'tidemark_deploy'), (client) =>
      client.query('grant usage on schema public to public; grant create on schema gold to tidemark_read'),
    );
    expect(await drift(server, resources)).toEqual([
      'db-public-public: privileges is ["USAGE"]',
      'db-tidemark_read-gold: privileges is ["CREATE","USAGE"]',
    ]);
    await session(urlOf(server, 'tidemark_deploy'), (client) =>
      client.query(
        'revoke usage on schema public from public; revoke create on schema gold from tidemark_read',
      ),
    );
    expect(await drift(server, resources)).toEqual([]);
  });

  it('can be applied again', async () => {
    const again = resources.filter(({ type }) =>
      /:(Grant|GrantRole|DefaultPrivileges|Extension)$/.test(type),
    );
    await applied(server, again);
    expect(await drift(server, resources)).toEqual([]);
  });
});

describe('with the engine and a rollup on it', () => {
  beforeAll(async () => {
    await owner(async (client) => {
      await applyEngine(client, { schedule: true });
      await applyRollup(client, rollup, { schedule: true });
      await client.query(
        `insert into raw.flows select t, 'a', 1, 1 from generate_series(now() - interval '30 days', now(), interval '1 hour') t`,
      );
      await client.query("call rollup.perform_rollup('flows')");
      await client.query('call rollup.maintain_timeseries_tables()');
      const failed = await client.query('select message, detail from rollup.timeseries_error_log');
      expect(failed.rows).toEqual([]);
    });
  });

  it('everything belongs to the owner', async () => {
    const others = await owner((client) =>
      client.query(
        `select c.oid::regclass::text as name, pg_get_userbyid(c.relowner) as owner from pg_class c
          where c.relnamespace in ('raw'::regnamespace, 'silver'::regnamespace, 'gold'::regnamespace, 'rollup'::regnamespace)
            and pg_get_userbyid(c.relowner) <> 'tidemark_owner'`,
      ),
    );
    expect(others.rows).toEqual([]);
  });

  it('there is no drift', async () => {
    expect(await drift(server, resources)).toEqual([]);
  });

  it('the pipeline writes raw, and that is all', async () => {
    const url = await admit(server, 'tidemark_deploy');
    await session(url, async (client) => {
      await client.query('set role tidemark_pipeline');
      await client.query("insert into raw.flows values (now() - interval '3 days', 'b', 5, 5)");
      await client.query("update raw.flows set v = 6 where k = 'b'");
      await client.query("delete from raw.flows where k = 'b' and v = 7");
      for (const table of [
        'gold.flows_1h',
        'silver.flows_1h',
        'rollup.timeseries_rollup_config',
        'cron.job',
      ]) {
        expect(await refusal(client, `select from ${table}`), table).toBe('42501');
      }
      for (const statement of [
        'truncate raw.flows',
        'drop table raw.flows',
        'create table raw.other (a integer)',
        'create table public.other (a integer)',
        'create temp table other (a integer)',
        'select * from partman.part_config',
        "select rollup.uncover('flows', '{(,)}')",
        'select rollup.lock_class()',
      ]) {
        expect(await refusal(client, statement), statement).toBe('42501');
      }
    });
    const dirty = await owner((client) => client.query('select count(*)::int as n from rollup.dirty_flows'));
    expect(dirty.rows[0].n).toBeGreaterThan(0);
  });

  it('an application reads gold, and that is all', async () => {
    await session(await admit(server, 'tidemark_app'), async (client) => {
      const hours = await client.query('select sum(v_count)::int as n from gold.flows_1h');
      expect(hours.rows[0].n).toBeGreaterThan(700);
      await client.query('select * from gold.flows_1d');
      await client.query("select rollup.time_bucket('1 day', now(), 'UTC')");
      await client.query('select rollup.first_value(v_sum::numeric, bucket) from gold.flows_1h');
      await client.query("select 'a.b'::public.ltree operator(public.~) 'a.*'::public.lquery");
      for (const table of [
        'raw.flows',
        'silver.flows_1h',
        'rollup.timeseries_rollup_config',
        'rollup.timeseries_operations_monitor',
        'cron.job',
        'partman.part_config',
      ]) {
        expect(await refusal(client, `select from ${table}`), table).toBe('42501');
      }
      for (const statement of [
        "insert into raw.flows values (now(), 'c', 1, 1)",
        'create table gold.other (a integer)',
        'create table public.other (a integer)',
        'create temp table other (a integer)',
        'create schema other',
        'create role other',
        'set role tidemark_owner',
        "select rollup.retire('flows', true)",
        "select rollup.dirty_count('flows')",
        "call rollup.perform_rollup('flows')",
      ]) {
        expect(await refusal(client, statement), statement).toBe('42501');
      }
    });
  });

  it('a login without any grant does not even get in', async () => {
    await session(urlOf(server, 'tidemark_deploy', 'postgres'), (client) =>
      client.query("create role stranger login password 'only-for-tests'"),
    );
    await expect(session(urlOf(server, 'stranger'), async () => undefined)).rejects.toThrow(
      /permission denied for database/,
    );
  });

  it('everybody has nothing, but the functions of gold views behind a closed schema', async () => {
    const open = await owner((client) =>
      client.query<{ what: string }>(
        `with everybody as (
           select 'database' as what, p.privilege_type from pg_database d cross join lateral aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) p
            where d.datname = current_database() and p.grantee = 0
           union all
           select 'schema ' || n.nspname, p.privilege_type from pg_namespace n cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) p
            where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and p.grantee = 0
           union all
           select 'table ' || c.oid::regclass, p.privilege_type from pg_class c cross join lateral aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) p
            where c.relnamespace::regnamespace::text in ('raw', 'silver', 'gold', 'rollup') and c.relkind in ('r', 'p', 'v') and p.grantee = 0
           union all
           select 'function ' || f.oid::regproc, p.privilege_type from pg_proc f cross join lateral aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) p
            where f.pronamespace::regnamespace::text in ('raw', 'silver', 'gold', 'rollup') and p.grantee = 0)
         select distinct what from everybody order by 1`,
      ),
    );
    expect(open.rows.map(({ what }) => what)).toEqual([
      'function rollup.calendar_start',
      'function rollup.first_value',
      'function rollup.last_value',
      'function rollup.merge_moments',
      'function rollup.moments',
      'function rollup.partition_range',
      'function rollup.ranges',
      'function rollup.rows_by_name',
      'function rollup.sortable_time',
      'function rollup.source_trust',
      'function rollup.time_bucket',
    ]);
  });

  it('jobs run as the owner', async () => {
    const jobs = await owner((client) =>
      client.query<{ jobname: string; username: string }>(
        'select jobname, username from cron.job order by 1',
      ),
    );
    expect(new Set(jobs.rows.map(({ username }) => username))).toEqual(new Set(['tidemark_owner']));
    expect(jobs.rows.map(({ jobname }) => jobname)).toContain('tidemark:flows');
    const deadline = Date.now() + 280_000;
    for (;;) {
      const runs = await owner((client) =>
        client.query(
          `select d.status, d.return_message, d.username from cron.job_run_details d join cron.job j using (jobid)
            where j.jobname = 'tidemark:flows' and d.end_time is not null`,
        ),
      );
      if (runs.rows.length > 0) {
        expect(runs.rows[0]).toMatchObject({ status: 'succeeded', username: 'tidemark_owner' });
        break;
      }
      if (Date.now() > deadline) throw new Error('no job has run');
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  });

  it('jobs can be taken out and put back', async () => {
    await owner(async (client) => {
      await client.query("select cron.unschedule(jobid) from cron.job where jobname = 'tidemark:flows'");
      const left = await client.query("select from cron.job where jobname = 'tidemark:flows'");
      expect(left.rowCount).toBe(0);
      await client.query(
        "select cron.schedule('tidemark:flows', '* * * * *', 'call rollup.perform_rollup(''flows'')')",
      );
      // pg_cron keeps this one for superusers; the engine makes such a job anew instead.
      expect(await refusal(client, 'select cron.alter_job(jobid, active := false) from cron.job')).toBe(
        '42501',
      );
    });
  });
});
