import { beforeEach, describe, expect, it } from 'vitest';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { CONTRACT } from '../../../infra/model/contract';
import { compiledFor, installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

const db = useDatabase();
const definition = rollup('m', { source: { table: { schema: 'raw', table: 'src' } } });

const status = async () =>
  (
    await db.client.query<{ status: string; reason: string | null }>(
      `select status, reason from rollup.timeseries_operations_monitor where name = 'm'`,
    )
  ).rows[0];

const PROBLEM =
  'its statements have version 99, and this engine executes version 1: it is not refreshed, and gold reads from the source what no tier covers; run pulumi up';

beforeEach(async () => {
  await db.client.query('drop table if exists raw.src cascade; delete from rollup.timeseries_rollup_config');
  await db.client.query('drop table if exists silver.m_1s, silver.m_1m, rollup.dirty_m, rollup.late_m');
  await createSource(db.client, 'src');
  await db.client.query(`insert into raw.src values ('${day(-3)}', 'a', 1), ('${day(-2)}', 'b', 2)`);
  await installRollup(db.client, definition);
  await refresh(db.client, 'm');
});

describe('a rollup whose stored statements are of another version', () => {
  it('is left alone by refreshes and maintenance, is told by the monitor in one line, and stays exact', async () => {
    await db.client.query(`update rollup.generation set contract = 99 where rollup = 'm'`);
    await db.client.query(`insert into raw.src values ('${day(-3)}', 'a', 10), (now(), 'c', 3)`);
    const before = await value(
      db.client,
      `select t::text from rollup.timeseries_tier t where rollup = 'm' and ordinal = 0`,
    );
    await refresh(db.client, 'm');
    await db.client.query('call rollup.maintain_timeseries_tables()');
    await db.client.query('call rollup.handle_rollup_retries()');
    expect(
      await value(
        db.client,
        `select t::text from rollup.timeseries_tier t where rollup = 'm' and ordinal = 0`,
      ),
    ).toBe(before);
    expect(await status()).toEqual({ status: 'ALERT', reason: PROBLEM });
    expect(await value(db.client, 'select count(*)::integer from rollup.timeseries_error_log')).toBe(0);
    await expectExact(db.client, await compiledFor(db.client, definition));
    const problems = await db.client.query(`select problem from rollup.validate_rollup_config('m')`);
    expect(problems.rows[0]).toEqual({ problem: PROBLEM });
  });

  it('is refused by older code, and takes up again when it is deployed', async () => {
    await db.client.query(`update rollup.generation set contract = 99 where rollup = 'm'`);
    await expect(applyRollup(db.client, definition, { schedule: false })).rejects.toThrow(
      'Rollup "m" was deployed by a later version of tidemark (contract 99; this version knows 1).',
    );
    await db.client.query(`update rollup.generation set contract = ${CONTRACT} where rollup = 'm'`);
    await installRollup(db.client, definition);
    await db.client.query(`insert into raw.src values ('${day(-3)}', 'a', 10)`);
    await refresh(db.client, 'm');
    expect((await status())?.reason).toBeNull();
    expect(await value(db.client, 'select count(*)::integer from rollup.dirty_m')).toBe(0);
    await expectExact(db.client, await compiledFor(db.client, definition));
  });

  it('is the version that the code writes and the engine executes', async () => {
    expect(await value(db.client, 'select rollup.contract_version()')).toBe(CONTRACT);
    expect(await value(db.client, `select contract from rollup.generation where rollup = 'm'`)).toBe(
      CONTRACT,
    );
  });
});

it('a statement that is missing is named, not executed as null', async () => {
  await db.client.query(
    `update rollup.timeseries_tier set statements = statements - 'recompute' where rollup = 'm' and ordinal = 0`,
  );
  await db.client.query(`insert into raw.src values ('${day(-3)}', 'a', 10)`);
  await expect(refresh(db.client, 'm')).rejects.toThrow(
    'rollup m failed: there is no statement "recompute" among those stored for the rollup',
  );
  await expectExact(db.client, await compiledFor(db.client, definition));
});
