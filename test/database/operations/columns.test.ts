import { beforeAll, describe, expect, test } from 'vitest';
import { applyRollup } from '../../../infra/db/rollup/apply';
import type { ColumnDefinition, RollupDefinition } from '../../../infra/model/definition';
import { rollup, useDatabase, value } from '../../helpers/fixture';

const db = useDatabase();
const COLUMNS: readonly ColumnDefinition[] = [
  { name: 'ts', type: 'timestamptz', nullable: false },
  { name: 'k', type: 'text', nullable: true },
  { name: 'v', type: 'double precision', nullable: true },
  { name: 'note', type: 'text', nullable: true },
];
const [ts, k, v, note] = COLUMNS as readonly [
  ColumnDefinition,
  ColumnDefinition,
  ColumnDefinition,
  ColumnDefinition,
];
const given = (...columns: readonly ColumnDefinition[]): RollupDefinition =>
  rollup('made', { source: { columns } });
const apply = (definition: RollupDefinition) => applyRollup(db.client, definition, { schedule: false });
const stored = () =>
  value<readonly ColumnDefinition[]>(
    db.client,
    `select definition -> 'source' -> 'columns' from rollup.timeseries_rollup_config where name = 'made'`,
  );
const table = () =>
  value<string>(
    db.client,
    `select string_agg(attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then '!' else '' end, ', ' order by attnum)
       from pg_attribute where attrelid = 'raw.made'::regclass and attnum > 0 and not attisdropped`,
  );

describe('columns of a source that Tidemark made', () => {
  beforeAll(async () => {
    await apply(given(...COLUMNS));
    await db.client.query(`insert into raw.made values (now() - interval '1 day', 'a', 1, 'kept')`);
  });

  test.each<[string, RollupDefinition, RegExp, string]>([
    [
      'one more',
      given(...COLUMNS, { name: 'more', type: 'bigint', nullable: true }),
      /^Rollup "made": raw\.made does not match the changed definition, and Tidemark does not alter existing tables: source\.columns\.more is bigint, but there is no such column\. Nothing was changed\.$/,
      'alter table raw.made add column more bigint',
    ],
    [
      'another type',
      given(ts, k, v, { ...note, type: 'jsonb' }),
      /source\.columns\.note is jsonb, but the column is text\./,
      'alter table raw.made alter column note type jsonb using to_jsonb(note)',
    ],
    [
      'not null',
      given(ts, k, v, { ...note, nullable: false }),
      /source\.columns\.note is text not null, but the column takes NULL\./,
      "update raw.made set note = ''; alter table raw.made alter column note set not null",
    ],
    [
      'a column less',
      given(ts, k, v),
      /source\.columns\.note was removed, but the table still has the column\./,
      'alter table raw.made drop column note',
    ],
  ])('%s: refused, until the table is so', async (_, wanted, message, alter) => {
    const before = await table();
    await expect(apply(wanted)).rejects.toThrow(message);
    expect(await stored()).toEqual(COLUMNS);
    expect(await table()).toBe(before);

    await db.client.query(alter);
    const after = await table();
    expect(after).not.toBe(before);
    await apply(wanted);
    expect(await stored()).toEqual(wanted.source.columns);
    expect(await table()).toBe(after);
    expect(await value(db.client, 'select count(*)::integer from raw.made')).toBe(1);

    // And back, for the next one.
    await db.client.query(`alter table raw.made drop column if exists more, drop column if exists note`);
    await db.client.query(`alter table raw.made add column note text`);
    await apply(given(...COLUMNS));
    expect(await stored()).toEqual(COLUMNS);
  });

  test('left out, given again and in another order: only recorded', async () => {
    const before = await table();
    await apply(rollup('made'));
    expect(await stored()).toBeNull();
    await apply(given(note, v, k, ts));
    expect(await stored()).toEqual([note, v, k, ts]);
    expect(await table()).toBe(before);
  });

  test('a type that was written wrongly over a table that was there can be put right', async () => {
    await db.client.query('create table raw.there (ts timestamptz not null, k text, v numeric(10,2))');
    const wrong = rollup('there', { source: { columns: [ts, k, v] } });
    const right = rollup('there', { source: { columns: [ts, k, { ...v, type: 'numeric' }] } });
    await apply(right);
    // As earlier versions recorded it, which compared nothing.
    await db.client.query(
      `update rollup.timeseries_rollup_config
          set definition = jsonb_set(definition, '{source,columns}', $1) where name = 'there'`,
      [JSON.stringify(wrong.source.columns)],
    );
    const observed = await apply(right);
    expect(observed.definition).toEqual(right);
    await expect(apply(wrong)).rejects.toThrow(
      /source\.columns\.v is double precision, but the column is numeric\(10,2\)/,
    );
  });
});

test('columns of a new rollup must be those of a table that is there already', async () => {
  await db.client.query(`create table raw.before (ts timestamptz not null, k text, v integer, other jsonb)`);
  const of = (...columns: readonly ColumnDefinition[]): RollupDefinition =>
    rollup('before', { source: { columns } });
  const integer = { ...v, type: 'integer' };
  const missing: ColumnDefinition = { name: 'more', type: 'text', nullable: true };
  await expect(apply(of(ts, k, v))).rejects.toThrow(
    'Rollup "before": raw.before does not match the definition, and Tidemark does not alter existing tables: source.columns.v is double precision, but the column is integer. Nothing was changed.',
  );
  await expect(apply(of(ts, k, integer, missing))).rejects.toThrow(
    'source.columns.more is text, but there is no such column',
  );
  await expect(apply(of(ts, { ...k, nullable: false }, integer))).rejects.toThrow(
    'source.columns.k is text not null, but the column takes NULL',
  );
  await apply(of(ts, k, integer));
});
