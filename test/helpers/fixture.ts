import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type {
  IntervalText,
  MeasureDefinition,
  RollupDefinition,
  TierDefinition,
} from '../../infra/model/definition';
import { createTestDatabase, openClient, type TestDatabase } from './database';

export interface Fixture {
  readonly database: TestDatabase;
  /** A session of the engine's role. */
  readonly client: Client;
  /** A session of the superuser. */
  readonly admin: Client;
}

/** One database for a test file, with a session of the engine's role and one of the superuser. */
export function useDatabase(): Fixture {
  const state: { database?: TestDatabase; client?: Client; admin?: Client } = {};
  beforeAll(async () => {
    state.database = await createTestDatabase();
    state.client = await openClient(state.database.url);
    state.admin = await openClient(state.database.adminUrl);
  });
  afterAll(async () => {
    await state.client?.end();
    await state.admin?.end();
    await state.database?.drop();
  });
  // So that a test that fails inside a transaction does not take the next ones with it.
  afterEach(async () => {
    await state.client?.query('rollback');
  });
  const get = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the database is not ready');
    return value;
  };
  return {
    get database() {
      return get(state.database);
    },
    get client() {
      return get(state.client);
    },
    get admin() {
      return get(state.admin);
    },
  };
}

/** A tier as the definition's normalization would give it. */
export function tier(
  every: IntervalText,
  suffix: string,
  timeZone: string | null = null,
  retention: IntervalText | null = null,
): TierDefinition {
  return { every, suffix, timeZone, retention };
}

const ALL: MeasureDefinition[] = [
  { column: '*', aggregates: ['count'] },
  { column: 'v', aggregates: ['count', 'sum', 'avg', 'min', 'max', 'stddev', 'first', 'last'] },
];

/** A rollup over `raw.<name>` with time `ts`, dimension `k` and measure `v`, by the second and the minute; what differs is given. */
export function rollup(
  name: string,
  given: Partial<Omit<RollupDefinition, 'source' | 'name'>> & {
    source?: Partial<RollupDefinition['source']>;
    lag?: IntervalText;
  } = {},
): RollupDefinition {
  const { source, lag, ...rest } = given;
  return {
    name,
    dimensions: ['k'],
    measures: ALL,
    tiers: [tier('1 second', '1s'), tier('1 minute', '1m')],
    refresh: { schedule: '* * * * *', lag: lag ?? '0 seconds' },
    onDelete: 'retain',
    ...rest,
    source: {
      table: { schema: 'raw', table: name },
      time: 'ts',
      columns: null,
      partition: null,
      capture: 'statements',
      ...source,
    },
  };
}

/** Creates `raw.<name> (ts, k, v)` with indexes; `partitions` gives range partitions as [suffix, from, to] in days from today. */
export async function createSource(
  client: Client,
  name: string,
  partitions: readonly (readonly [suffix: string, from: number, to: number])[] = [],
): Promise<void> {
  const clause = partitions.length > 0 ? 'partition by range (ts)' : '';
  await client.query(
    `create table raw.${name} (ts timestamptz not null, k text, v double precision) ${clause}`,
  );
  for (const [suffix, from, to] of partitions) {
    await client.query(
      `create table raw.${name}_${suffix} partition of raw.${name} for values from ('${day(from)}') to ('${day(to)}')`,
    );
  }
  await client.query(`create index on raw.${name} (ts); create index on raw.${name} (k, ts)`);
}

/** Read once: a test that midnight interrupts means the same days before and after it. */
const TODAY = Math.floor(Date.now() / 86_400_000);

/** Midnight UTC of the day that is `offset` days from today; half a day is noon. */
export const day = (offset: number): string => new Date((TODAY + offset) * 86_400_000).toISOString();

export async function refresh(client: Client, name: string): Promise<void> {
  await client.query('call rollup.perform_rollup($1, true)', [name]);
}

/** The single value of a query with one row and one column. */
export async function value<T>(client: Client, sql: string, values: readonly unknown[] = []): Promise<T> {
  const { rows } = await client.query<Record<string, T>>(sql, [...values]);
  return Object.values(rows[0] ?? {})[0] as T;
}

/** Keys waiting in the log of changes. */
export const dirtyKeys = (client: Client, name: string): Promise<number> =>
  value<number>(client, `select count(*)::integer from rollup."dirty_${name}"`);
