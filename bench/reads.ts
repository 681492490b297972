import type { Bench } from './context';
import { refresh, startOver } from './engine';
import { compare, type Result, type Side, timed } from './measure';

const PAIRS = 9;
const WARM_UP = 2;

/** What readers pay: gold views against GROUP BY over the source. */
export async function reads(bench: Bench): Promise<readonly Result[]> {
  const { client, readings } = bench;
  for (const rollup of ['one', 'two']) {
    await startOver(client, rollup);
    await refresh(client, rollup);
    await client.query(`vacuum analyze silver.${rollup}_1m`);
  }
  await client.query('vacuum analyze silver.two_1h');
  // Rows of the minute that is open now: what only the source can answer.
  await client.query(
    `insert into raw.${readings.table} select clock_timestamp(), s, 1 from generate_series(0, 999) s`,
  );
  const side = (label: string, sql: string): Side => ({
    label,
    run: () => timed(() => client.query(sql)),
  });
  const direct = (every: string, where: string) =>
    side(
      'GROUP BY over the source',
      `select date_bin('${every}', ts, '2000-01-03 UTC') as bucket, series, count(value), sum(value), avg(value), min(value), max(value)
         from raw.${readings.table} ${where} group by 1, 2`,
    );
  const gold = (view: string, where: string) => side('gold view', `select * from gold.${view} ${where}`);
  const recent = `now() - interval '5 minutes'`;
  const both = (name: string, base: Side, tidemark: Side) =>
    compare({ name, pairs: PAIRS, warmUp: WARM_UP, base, tidemark });
  return [
    await both(
      'read one series, whole range by hour',
      direct('1 hour', 'where series = 77'),
      gold('two_1h', 'where series = 77'),
    ),
    await both(
      'read one series, whole range by minute',
      direct('1 minute', 'where series = 77'),
      gold('one_1m', 'where series = 77'),
    ),
    await both('read all series, whole range by hour', direct('1 hour', ''), gold('two_1h', '')),
    await both(
      'read one series, last five minutes, the open one included',
      direct('1 minute', `where series = 77 and ts >= date_bin('1 minute', ${recent}, '2000-01-03 UTC')`),
      gold('one_1m', `where series = 77 and bucket >= date_bin('1 minute', ${recent}, '2000-01-03 UTC')`),
    ),
  ];
}
