import { beforeAll, describe, expect, it } from 'vitest';
import type { CompiledRollup } from '../../../infra/model/compiled';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { day, refresh, rollup, useDatabase } from '../../helpers/fixture';

interface Row {
  readonly second: number;
  readonly k: string | null;
  /** The same number as smallint, integer and bigint; the last two with bits of their own. */
  readonly v: number | null;
}

const HIGH = 2n ** 40n;
const COLUMNS = ['s', 'i', 'b'] as const;

/** Values of the three columns; negative numbers have all high bits. */
function valuesOf({ v }: Row): Record<(typeof COLUMNS)[number], bigint | null> {
  if (v === null) return { s: null, i: null, b: null };
  return { s: BigInt(v), i: BigInt(v) * 65_536n + 5n, b: BigInt(v) * HIGH + 3n };
}

/** bit_and and bit_or by JavaScript's own operators on integers of any length, as `bucket|k|…` lines. */
function expected(rows: readonly Row[], length: number): string[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${Math.floor(row.second / length) * length}|${row.k}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const fold = (values: readonly bigint[], merge: (a: bigint, b: bigint) => bigint) =>
    values.length === 0 ? null : values.reduce(merge);
  return [...groups]
    .map(([key, group]) => {
      const cells = COLUMNS.flatMap((column) => {
        const values = group.map((row) => valuesOf(row)[column]).filter((value) => value !== null);
        return [fold(values, (a, b) => a & b), fold(values, (a, b) => a | b)];
      });
      return [key, ...cells].join('|');
    })
    .sort();
}

describe.each(['statements', 'rows'] as const)('bit_and and bit_or, captured by %s', (capture) => {
  const db = useDatabase();
  const name = `bits_${capture}`;
  let compiled: CompiledRollup;
  let live: Row[] = [];

  async function insert(rows: readonly Row[]) {
    for (const row of rows) {
      const { s, i, b } = valuesOf(row);
      await db.client.query(
        `insert into raw.${name} values ($1::timestamptz + $2 * interval '1 second', $3, $4, $5, $6)`,
        [day(-3), row.second, row.k, s, i, b],
      );
    }
    live.push(...rows);
  }

  const where = `extract(epoch from ts - $1)::integer = $2`;
  async function remove(second: number) {
    await db.client.query(`delete from raw.${name} where ${where}`, [day(-3), second]);
    live = live.filter((row) => row.second !== second);
  }

  async function gold(suffix: string): Promise<string[]> {
    const cells = COLUMNS.flatMap((c) => [`${c}_bit_and`, `${c}_bit_or`]);
    const { rows } = await db.client.query<{ line: string }>(
      `select array_to_string(array[extract(epoch from bucket - $1)::integer::text, coalesce(k, 'null'), ${cells
        .map((cell) => `coalesce(${cell}::text, '')`)
        .join(', ')}], '|') as line from gold.${name}_${suffix}`,
      [day(-3)],
    );
    return rows.map(({ line }) => line).sort();
  }

  /** Before the refresh, when changed keys come from the source, and after it, from the tiers. */
  async function expectBoth() {
    for (const _ of ['dirty', 'refreshed']) {
      expect(await gold('1s')).toEqual(expected(live, 1));
      expect(await gold('1m')).toEqual(expected(live, 60));
      await refresh(db.client, name);
    }
    await expectExact(db.client, compiled);
  }

  beforeAll(async () => {
    await db.client.query(
      `create table raw.${name} (ts timestamptz not null, k text, s smallint, i integer, b bigint) partition by range (ts);
       create table raw.${name}_old partition of raw.${name} for values from ('${day(-3)}') to ('${day(-2)}');
       create table raw.${name}_new partition of raw.${name} for values from ('${day(-2)}') to ('${day(1)}');
       create index on raw.${name} (ts)`,
    );
    await insert([
      { second: 0, k: 'a', v: 0b1110 },
      { second: 0, k: 'a', v: 0b0111 },
      { second: 1, k: 'a', v: -2 },
      { second: 70, k: 'a', v: null },
      { second: 2, k: null, v: 0b101 },
      { second: 3, k: null, v: null },
      { second: 61, k: 'b', v: -32_768 },
      { second: 62, k: 'b', v: 32_767 },
      { second: 90_000, k: 'a', v: 1 },
    ]);
    const measures = COLUMNS.map((column) => ({ column, aggregates: ['bit_and', 'bit_or'] as const }));
    compiled = await installRollup(db.client, rollup(name, { measures, source: { capture } }));
  }, 60_000);

  it('are those of all integers, negative ones and none at all', async () => {
    await expectBoth();
    expect(await gold('1m')).toContain(
      `0|null|5|5|${5n * 65_536n + 5n}|${5n * 65_536n + 5n}|${5n * HIGH + 3n}|${5n * HIGH + 3n}`,
    );
  });

  it('follow late rows', async () => {
    await insert([
      { second: 0, k: 'a', v: 0b1000 },
      { second: 70, k: 'a', v: 0b1000 },
      { second: 71, k: 'c', v: null },
    ]);
    await expectBoth();
  });

  it('follow deletes, which give bits back', async () => {
    await remove(0);
    await remove(62);
    await expectBoth();
  });

  it('follow updates to NULL and back', async () => {
    await db.client.query(`update raw.${name} set s = null, i = null, b = null where ${where}`, [day(-3), 1]);
    live = live.map((row) => (row.second === 1 ? { ...row, v: null } : row));
    await expectBoth();
    await remove(1);
    await insert([{ second: 1, k: 'a', v: 6 }]);
    await expectBoth();
  });

  it('merge late rows of a sealed range, one by one and together', async () => {
    await db.client.query(`drop table raw.${name}_old`);
    await refresh(db.client, name);
    expect(await gold('1m')).toEqual(expected(live, 60));
    await db.client.query(`create table raw.${name}_default partition of raw.${name} default`);
    await insert([
      { second: 1, k: 'a', v: 0b100 },
      { second: 3, k: null, v: 0b11 },
    ]);
    await refresh(db.client, name);
    expect(await gold('1s')).toEqual(expected(live, 1));
    await insert([
      { second: 1, k: 'a', v: null },
      { second: 1, k: 'a', v: 0b1001 },
      { second: 1, k: 'new', v: 0b1 },
      { second: 1, k: 'new', v: 0b11 },
    ]);
    await refresh(db.client, name);
    expect(await gold('1s')).toEqual(expected(live, 1));
    expect(await gold('1m')).toEqual(expected(live, 60));
  });
});
