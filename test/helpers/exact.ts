import type { Client } from 'pg';
import { expect } from 'vitest';
import type { CompiledRollup } from '../../infra/model/compiled';
import { quoteIdent } from '../../infra/model/names';

export interface TierDifference {
  readonly tier: string;
  /** Rows that one side has and the other has not. */
  readonly rows: number;
  readonly examples: readonly string[];
}

const queries = new WeakMap<CompiledRollup, Promise<readonly string[]>>();

/**
 * Compares every gold view with the plain GROUP BY over the source, inside one REPEATABLE READ snapshot. Exempt are only
 * buckets before the tier's retention and sealed ones, whose source rows are gone.
 */
export async function compareInSnapshot(
  client: Client,
  rollups: readonly CompiledRollup[],
): Promise<TierDifference[]> {
  const tests: { tier: string; sql: string }[] = [];
  for (const compiled of rollups) {
    for (const [index, sql] of (await comparisons(client, compiled)).entries()) {
      tests.push({ tier: compiled.tiers[index]?.table ?? '', sql });
    }
  }
  // Compiling these queries to machine code would take longer than to run them.
  await client.query('begin isolation level repeatable read; set local jit = off');
  try {
    const found: TierDifference[] = [];
    for (const { tier, sql } of tests) {
      const result = await client.query<{ rows: number; examples: string[] | null }>(sql);
      const { rows, examples } = result.rows[0] as { rows: number; examples: string[] | null };
      if (rows > 0) found.push({ tier, rows, examples: examples ?? [] });
    }
    return found;
  } finally {
    await client.query('commit').catch(() => undefined);
  }
}

/** Fails, with the rows that differ, unless every tier of the rollup is exact in one snapshot. */
export async function expectExact(client: Client, ...rollups: CompiledRollup[]): Promise<void> {
  expect(await compareInSnapshot(client, rollups)).toEqual([]);
}

function comparisons(client: Client, compiled: CompiledRollup): Promise<readonly string[]> {
  let known = queries.get(compiled);
  if (known === undefined) {
    known = buildComparisons(client, compiled);
    queries.set(compiled, known);
  }
  return known;
}

async function buildComparisons(client: Client, compiled: CompiledRollup): Promise<readonly string[]> {
  const first = compiled.tiers[0];
  if (first === undefined) return [];
  const { fields } = await client.query(`select * from gold.${quoteIdent(first.table)} limit 0`);
  const names = fields.map((field) => field.name);
  return compiled.tiers.map((tier) => comparison(compiled, tier.ordinal, names));
}

/** As text; values of a dimension that are equal, such as 1.0 and 1.00 or 0 and -0, as the same text. */
function sameText(column: string, dimensionType: string | undefined): string {
  if (dimensionType?.startsWith('numeric')) return `trim_scale(${column})::text`;
  if (dimensionType === 'real' || dimensionType === 'double precision') return `(${column} + 0)::text`;
  return `${column}::text`;
}

/** Keys and exact columns as text by two-way EXCEPT ALL; floating point within 1e-9, joined on the key. */
function comparison(compiled: CompiledRollup, ordinal: number, names: readonly string[]): string {
  const tier = compiled.tiers[ordinal] as CompiledRollup['tiers'][number];
  const approximate = names.filter((name) => compiled.approximateColumns.includes(name));
  const exact = names.filter((name) => !approximate.includes(name));
  const config = `rollup.timeseries_rollup_config where name = '${compiled.definition.name}'`;
  const from = `(select retained_from from rollup.timeseries_tier where rollup = '${compiled.definition.name}' and ordinal = ${ordinal})`;
  const types = new Map(compiled.dimensions.map((d) => [d.name, d.type]));
  const asText = (name: string) => sameText(quoteIdent(name), types.get(name));
  const text = `row(${exact.map(asText).join(', ')})::text`;
  const key = `row(${['bucket', ...types.keys()].map(asText).join(', ')})::text`;
  const floats = approximate.map((name) => `, ${quoteIdent(name)}`).join('');
  const side = (rows: string) =>
    `select ${text} as line, ${key} as key${floats} from ${rows} x where bucket >= ${from} and not bucket <@ (select sealed from ${config})`;
  const apart = approximate
    .map((name) => {
      const [a, b] = [`g.${quoteIdent(name)}`, `d.${quoteIdent(name)}`];
      return `((${a} is null) <> (${b} is null) or abs(${a} - ${b}) > 1e-9 * greatest(abs(${a}), abs(${b})))`;
    })
    .join(' or ');
  const floatPart =
    approximate.length === 0
      ? ''
      : `union all select 'float ' || g.line from g join d on g.key = d.key where ${apart}`;
  return `with g as materialized (${side(`gold.${quoteIdent(tier.table)}`)}),
d as materialized (${side(`(${tier.direct})`)}),
found as (
  (select 'gold ' || line as line from (select line from g except all select line from d) a)
  union all (select 'source ' || line from (select line from d except all select line from g) b)
  ${floatPart})
select count(*)::integer as rows, (array_agg(line order by line))[1:6] as examples from found`;
}
