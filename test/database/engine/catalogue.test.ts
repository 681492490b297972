import { beforeEach, describe, expect, it } from 'vitest';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { observeRollup } from '../../../infra/db/rollup/observe';
import { removeRollup } from '../../../infra/db/rollup/remove';
import { compiledFor } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

const db = useDatabase();
const definition = rollup('m', { source: { table: { schema: 'raw', table: 'src' } } });
const OPTIONS = { schedule: false };

beforeEach(async () => {
  await db.client.query('set search_path = pg_catalog, pg_temp');
  await removeRollup(db.client, 'm', 'drop');
  await db.client.query('drop table if exists raw.src cascade');
  await createSource(db.client, 'src');
  await db.client.query(`insert into raw.src values ('${day(-3)}', 'a', 1), ('${day(-2)}', 'b', 2)`);
  await applyRollup(db.client, definition, OPTIONS);
  await refresh(db.client, 'm');
});

const objects = async () => (await observeRollup(db.client, 'm'))?.owned.objects;

describe('a catalogue that somebody took rows from', () => {
  it.each([
    ['dirty', '', 'the log of dirty keys is not in the catalogue'],
    ['late', '', 'the log of late rows is not in the catalogue'],
    ['state', '1s', 'the state table of tier 1s is not in the catalogue'],
    ['view', '1m', 'the view of tier 1m is not in the catalogue'],
    ['capture', '', 'the capture function is not in the catalogue'],
    ['trigger', 'insert', 'trigger for insert is not in the catalogue'],
    ['job', '', 'the job is not in the catalogue'],
  ])('is told (%s %s), and whole again after an apply', async (kind, part, problem) => {
    await db.client.query('delete from rollup.generation_object where kind = $1 and part = $2', [kind, part]);
    expect(await objects()).toContain(problem);
    await db.client.query(`insert into raw.src values ('${day(-3)}', 'a', 10)`);
    await applyRollup(db.client, definition, OPTIONS);
    expect(await objects()).toBe('intact');
    await refresh(db.client, 'm');
    await expectExact(db.client, await compiledFor(db.client, definition));
  });

  it('never makes a log that is not named look empty', async () => {
    await db.client.query(`insert into raw.src values ('${day(-3)}', 'a', 10)`);
    await db.client.query(`delete from rollup.generation_object where kind = 'dirty'`);
    await expect(refresh(db.client, 'm')).rejects.toThrow(
      'rollup m failed: the catalogue does not name both logs of rollup m',
    );
    await expect(db.client.query(`select rollup.drain('m')`)).rejects.toThrow(
      'the catalogue does not name both logs of rollup m',
    );
    await expectExact(db.client, await compiledFor(db.client, definition));
  });

  it.each([
    ['a generation that is not live', 'update rollup.generation set live = false'],
    ['no generation', 'delete from rollup.generation'],
  ])('%s is told, and live again after an apply', async (_, damage) => {
    await db.client.query(damage);
    expect(await objects()).toContain('its statements have version unknown');
    await db.client.query(`insert into raw.src values ('${day(-3)}', 'a', 10)`);
    await applyRollup(db.client, definition, OPTIONS);
    expect(await objects()).toBe('intact');
    await refresh(db.client, 'm');
    await expectExact(db.client, await compiledFor(db.client, definition));
  });

  it.each(['retain', 'drop'] as const)(
    'leaves no trigger behind when the rollup is removed (%s)',
    async (how) => {
      await db.client.query('delete from rollup.generation');
      await removeRollup(db.client, 'm', how);
      expect(
        await value(
          db.client,
          `select count(*)::integer from pg_trigger where tgrelid = 'raw.src'::regclass and not tgisinternal`,
        ),
      ).toBe(0);
    },
  );
});
