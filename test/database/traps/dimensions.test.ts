import { describe, expect, it } from 'vitest';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { dirtyKeys, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

const TYPES: readonly (readonly [type: string, values: readonly string[]])[] = [
  ['text', ["'a'", "''", '\'é "q" (x,y) \\\'', 'null']],
  ['text collate "C"', ["'B'", "'a'", 'null']],
  ['varchar(10)', ["'x'", "'x '", 'null']],
  ['smallint', ['0', '-1', 'null']],
  ['bigint', ['0', '9223372036854775807', 'null']],
  // Equal, though written differently.
  ['numeric', ['1.0', '1.00', '1', "'NaN'", '0', 'null']],
  ['double precision', ['0', "'-0'", "'NaN'", '0.1', '1e300', 'null']],
  ['real', ['0.1', '16777216', 'null']],
  ['boolean', ['true', 'false', 'null']],
  ['date', ["'2024-02-29'", "'infinity'", "'epoch'", 'null']],
  ['uuid', ["'00000000-0000-0000-0000-000000000000'", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", 'null']],
  ['ltree', ["'a.b'", "'a'", "''", 'null']],
];

describe('dimensions', () => {
  const db = useDatabase();

  it.each(TYPES)('of type %s, NULL being a value', async (type, values) => {
    const name = `dim_${type.toLowerCase().replace(/\W/g, '_')}`;
    await db.client.query(`create table raw.${name} (ts timestamptz not null, "The Key" ${type}, v float8)`);
    const all = values.map((v) => `(${v}::${type.replace(/ collate.*/, '')})`).join(', ');
    const insert = (from: string, count: number) =>
      db.client.query(
        `insert into raw.${name} select ${from} + g * interval '250 milliseconds', k, g from generate_series(1, ${count}) g, (values ${all}) x(k)`,
      );
    await insert("now() - interval '10 minutes'", 40);
    const compiled = await installRollup(db.client, rollup(name, { dimensions: ['The Key'] }));
    await expectExact(db.client, compiled);
    await refresh(db.client, name);
    await expectExact(db.client, compiled);
    await insert("now() - interval '599.9 seconds'", 3);
    await db.client.query(`delete from raw.${name} where "The Key" is null and v > 20`);
    await db.client.query(`delete from raw.${name} where "The Key" = ${values[0]} and v between 10 and 20`);
    await db.client.query(
      `update raw.${name} set "The Key" = null where "The Key" = ${values[1]} and v = 30`,
    );
    await expectExact(db.client, compiled);
    await refresh(db.client, name);
    expect(await dirtyKeys(db.client, name)).toBe(0);
    await expectExact(db.client, compiled);
    // One row a key, NULL too.
    expect(
      await value(
        db.client,
        `select count(*)::integer from (select from silver.${name}_1m group by bucket, "The Key" having count(*) > 1) x`,
      ),
    ).toBe(0);
  });

  it('none at all: one row a bucket', async () => {
    await db.client.query('create table raw.plain (ts timestamptz not null, k text, v float8)');
    const compiled = await installRollup(db.client, rollup('plain', { dimensions: [] }));
    await db.client.query(
      `insert into raw.plain select now() - g * interval '400 milliseconds', null, nullif(g % 7, 0) from generate_series(1, 500) g`,
    );
    await refresh(db.client, 'plain');
    await db.client.query(`insert into raw.plain values (now() - interval '1 minute', 'x', 5)`);
    await db.client.query(`delete from raw.plain where v = 3`);
    await expectExact(db.client, compiled);
    await refresh(db.client, 'plain');
    await expectExact(db.client, compiled);
    await db.client.query(`delete from raw.plain`);
    await refresh(db.client, 'plain');
    expect(await value(db.client, 'select count(*)::integer from silver.plain_1s')).toBe(0);
    await expectExact(db.client, compiled);
  });

  it('three at once, each with NULLs', async () => {
    await db.client.query(
      'create table raw.three (ts timestamptz not null, a int, b text, c uuid, v float8)',
    );
    await db.client.query(
      `insert into raw.three select now() - g * interval '100 milliseconds', nullif(g % 3, 0), nullif((g % 2)::text, '1'), case g % 4 when 0 then gen_random_uuid() end, g from generate_series(1, 2000) g`,
    );
    const compiled = await installRollup(db.client, rollup('three', { dimensions: ['a', 'b', 'c'] }));
    await refresh(db.client, 'three');
    await db.client.query(
      `update raw.three set b = null where a = 1; update raw.three set a = null, v = v + 1 where b is null and v < 900; delete from raw.three where c is not null and v > 1500`,
    );
    await expectExact(db.client, compiled);
    await refresh(db.client, 'three');
    await expectExact(db.client, compiled);
  });
});
