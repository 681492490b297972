import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { readEngine } from '../../../infra/db/engine/engine';
import { migrate } from '../../../infra/db/engine/migrate';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { observeRollup } from '../../../infra/db/rollup/observe';
import { removeRollup } from '../../../infra/db/rollup/remove';
import { prepareDatabase, withClient, withDatabase } from '../../../infra/local/postgres/database';
import type { RollupDefinition } from '../../../infra/model/definition';
import { compiledFor, generation, openClient } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { refresh, value } from '../../helpers/fixture';
import { testServer } from '../../helpers/servers';

/**
 * A database as the first version (commit b4d55d9, engine of one migration) left it: `pg_dump --inserts` of its four schemas.
 * "sales" has a sealed range (a partition was dropped), dirty keys, a late row of the sealed range, a calendar tier, and a
 * grant on a view; "visits" has row capture and a source that needs quotes; "gone" was retired.
 */
const DUMP = join(__dirname, 'first-version.sql.gz');
const name = `upgrade_${process.pid}`;
const SILVER = ['sales_1h', 'sales_1d', 'visits_1m', 'visits_1h', 'visits_1mo'];

let url = '';
let admin = '';
let client: Client;

beforeAll(async () => {
  const server = await testServer(generation());
  admin = withDatabase(server.adminUrl, 'postgres');
  url = withDatabase(server.url, name);
  await prepareDatabase(server.adminUrl, name);
  await withClient(url, async (session) => {
    await session.query(gunzipSync(readFileSync(DUMP)).toString('utf8'));
    // A dump gives tables other oids; an upgrade in place does not.
    await session.query(`
      update rollup.timeseries_rollup_config set source_oid = source_table::regclass;
      delete from rollup.source_leaf;
      insert into rollup.source_leaf (rollup, relid, range)
      select f.rollup, c.oid, rollup.partition_range(pg_get_expr(c.relpartbound, c.oid))
        from rollup.fixture_source_leaf f join pg_class c on c.oid = f.name::regclass;
      drop table rollup.fixture_source_leaf`);
  });
  client = await openClient(url);
  await client.query("set timezone = 'UTC'");
});
afterAll(async () => {
  await client?.end();
  await withClient(admin, (session) => session.query(`drop database ${name} with (force)`));
});

const definitionOf = (rollup: string) =>
  value<RollupDefinition>(client, 'select definition from rollup.timeseries_rollup_config where name = $1', [
    rollup,
  ]);

/** Every silver row with the transaction that wrote it: a row that was filled again has another one. */
async function silverRows(): Promise<readonly string[]> {
  const all: string[] = [];
  for (const table of SILVER) {
    const { rows } = await client.query<{ row: string }>(
      `select '${table} ' || t.xmin || ' ' || t.bucket as row from silver.${table} t order by 1`,
    );
    all.push(...rows.map(({ row }) => row));
  }
  return all;
}

const known = async () =>
  (
    await client.query<{ rollup: string; ordinal: number; coverage: string; sealed: string }>(
      `select t.rollup, t.ordinal, t.coverage::text, c.sealed::text
         from rollup.timeseries_tier t join rollup.timeseries_rollup_config c on c.name = t.rollup order by 1, 2`,
    )
  ).rows;

async function expectAllExact(): Promise<void> {
  for (const rollup of ['sales', 'visits'])
    await expectExact(client, await compiledFor(client, await definitionOf(rollup)));
}

describe('a database of the first version', () => {
  let before: Awaited<ReturnType<typeof known>> = [];
  let rows: readonly string[] = [];

  it('is exact under its own engine', async () => {
    before = await known();
    rows = await silverRows();
    expect(before.find((tier) => tier.rollup === 'sales')?.sealed).toBe(
      '{["2026-02-28 05:00:00+00","2026-04-01 04:00:00+00")}',
    );
    expect(rows.length).toBeGreaterThan(200);
    await expectAllExact();
  });

  it('can be read back and removed from by this code before its engine is upgraded', async () => {
    const observed = await observeRollup(client, 'sales');
    expect(observed?.owned).toMatchObject({
      objects: 'intact',
      configuration: { statements: 'as compiled' },
    });
    await removeRollup(client, 'gone', 'drop');
    expect(await observeRollup(client, 'gone')).toBeNull();
  });

  it('keeps coverage, sealed history and rows through the upgrade of the engine, whose refreshes stay exact', async () => {
    await withConnection({ url }, (session) => migrate(session));
    expect(await known()).toEqual(before.filter((tier) => tier.rollup !== 'gone'));
    expect(await silverRows()).toEqual(rows);
    await expectAllExact();
    expect((await withConnection({ url }, (session) => readEngine(session)))?.objects).toBe('as released');
    expect((await observeRollup(client, 'sales'))?.owned.objects).toBe('intact');
  });

  it('keeps them, and grants, through the upgrade of its rollups; nothing is filled again', async () => {
    for (const rollup of ['sales', 'visits']) {
      const definition = await definitionOf(rollup);
      const { owned } = await withConnection({ url }, (session) =>
        applyRollup(session, definition, { schedule: false }),
      );
      expect(owned).toMatchObject({ objects: 'intact', configuration: { statements: 'as compiled' } });
    }
    expect(await known()).toEqual(before.filter((tier) => tier.rollup !== 'gone'));
    expect(await silverRows()).toEqual(rows);
    expect(await value(client, `select has_table_privilege('pg_monitor', 'gold.sales_1h', 'select')`)).toBe(
      true,
    );
    await expectAllExact();
  });

  it('takes up its dirty keys and late rows, and rewrites only those', async () => {
    const logged = await value<number>(client, 'select max(id)::integer from rollup.timeseries_refresh_log');
    for (const rollup of ['sales', 'visits']) await refresh(client, rollup);
    const log = await client.query<{ kind: string; late: number }>(
      `select kind, late_rows_merged::integer as late from rollup.timeseries_refresh_log where id > ${logged}`,
    );
    expect(log.rows.map(({ kind }) => kind)).not.toContain('backfill');
    expect(log.rows.reduce((sum, { late }) => sum + late, 0)).toBe(1);
    const after = new Set(await silverRows());
    const rewritten = rows.filter((row) => !after.has(row));
    // Two hours and two days of sales that were updated or came late; of visits nothing but what came since.
    expect(rewritten.filter((row) => row.startsWith('visits')).length).toBeLessThanOrEqual(3);
    expect(rewritten.length).toBeLessThanOrEqual(10);
    await expectAllExact();
    expect(
      await value(
        client,
        `select amount_sum::text from gold.sales_1h where bucket = '2026-03-10 12:00:00+00'`,
      ),
    ).toBe('99.50');
  });
});
