/** Somebody's own server: what is found there, and what `up` makes there, outlives the stack. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { neededSettings } from '../../../infra/aws/parameters';
import { expectWhole } from '../provider/rollup';
import { create, instanceInputs, masterPassword } from './cloudHelper';
import { flights, load } from './flights';
import { AwsStack } from './stack';

const IDENTIFIER = 'theirs';
const GROUP = 'aws:rds/parameterGroup:ParameterGroup';
const INSTANCE = 'aws:rds/instance:Instance';

let stack: AwsStack;
let options: Record<string, unknown>;

/** As RDS's own superuser, who sees the jobs of everybody. */
const asRds = <T>(work: (admin: Client) => Promise<T>): Promise<T> =>
  stack.cloud.database(IDENTIFIER).postgres.asAdmin('metrics', work);
const rows = (sql: string) => asRds(async (admin) => (await admin.query(sql)).rows);
/** Everything in the database that is not Tidemark's alone: none of it may go. */
const surroundings = async () => ({
  jobs: await rows(
    `select jobname, schedule, command from cron.job where jobname not like 'tidemark%' order by 1`,
  ),
  sets: await rows(
    `select parent_table, premake from partman.part_config where parent_table like 'app.%' order by 1`,
  ),
  partitions: await rows(
    `select count(*)::integer as n from pg_inherits where inhparent = 'app.events'::regclass`,
  ),
  extensions: await rows(`select extname from pg_extension order by 1`),
  schemas: await rows(
    `select nspname, pg_get_userbyid(nspowner) as owner from pg_namespace where nspname !~ '^pg_' order by 1`,
  ),
  roles: await rows(
    `select rolname, rolcanlogin, array(select pg_get_userbyid(roleid)::text from pg_auth_members where member = r.oid order by 1) as groups
       from pg_roles r where rolname !~ '^pg_' order by 1`,
  ),
  database: await rows(
    `select datallowconn, datacl::text, pg_get_userbyid(datdba) as owner from pg_database where datname = 'metrics'`,
  ),
});
const ownJobs = () => rows(`select jobname from cron.job where jobname like 'tidemark%' order by 1`);

beforeAll(async () => {
  stack = await AwsStack.start('existing', IDENTIFIER, {});
  const settings = Object.entries(neededSettings('metrics'));
  await create(stack.cloud, GROUP, {
    name: 'their-group',
    family: 'postgres15',
    parameters: settings.map(([name, value]) => ({ name, value, applyMethod: 'pending-reboot' })),
  });
  await create(stack.cloud, INSTANCE, {
    ...instanceInputs(IDENTIFIER, 15),
    parameterGroupName: 'their-group',
  });
  await writeFile(join(stack.folder, 'password'), masterPassword(stack.cloud, IDENTIFIER), { mode: 0o600 });
  const { host, account } = stack.cloud;
  const { port } = stack.cloud.database(IDENTIFIER);
  options = {
    engine: 'existing',
    existing: { host, port, region: account.region, passwordFile: 'password', engineVersion: '15' },
  };
  await stack.configure(options);
  await stack.define('flights', flights());
});
afterAll(() => stack?.close());

describe('a stack on a server that was there before', () => {
  it('makes what it needs in it, and others put theirs beside it', async () => {
    await stack.up();
    await stack.unchanged();
    const client = await stack.reconnect();
    await load(client);
    await expectWhole(stack, 'flights');
    await asRds(async (admin) => {
      await admin.query(`create schema app authorization postgres;
        create table app.events (at timestamptz not null, n integer) partition by range (at);
        alter table app.events owner to postgres`);
      const called = (
        await admin.query(`select extversion like '4%' as old from pg_extension where extname = 'pg_partman'`)
      ).rows[0];
      await admin.query(
        called.old
          ? `select partman.create_parent('app.events', 'at', 'native', 'daily')`
          : `select partman.create_parent('app.events', 'at', '1 day')`,
      );
      await admin.query(
        `select cron.schedule('nightly', '0 3 * * *', 'vacuum'), cron.schedule('theirs', '5 * * * *', 'select 1')`,
      );
    });
  });

  it('keeps all of it through refresh and destroy, and takes only its own jobs', async () => {
    const before = await surroundings();
    expect(before.jobs).toHaveLength(2);
    expect(before.sets).toHaveLength(1);
    await stack.ok('refresh', '--yes', '--skip-preview');
    await stack.unchanged();
    await stack.ok('destroy', '--yes', '--skip-preview');
    expect(await surroundings()).toEqual(before);
    expect(await ownJobs()).toEqual([]);
  });

  it('comes back to what an earlier stack has left there', async () => {
    expect(await stack.fails('up', '--yes', '--skip-preview')).toMatch(/already exists/);
    await stack.configure({ ...options, existing: { ...(options['existing'] as object), adopt: true } });
    await stack.up();
    await stack.unchanged();
    await stack.reconnect();
    await expectWhole(stack, 'flights');
    await stack.ok('destroy', '--yes', '--skip-preview');
  });
});
