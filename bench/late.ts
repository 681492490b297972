import type { Bench } from './context';
import { between, createTwin, handWritten } from './data';
import { minutesBeforeEnd, refresh, requireSame, startOver } from './engine';
import { compare, type Result, timed } from './measure';

const PAIRS = 9;
const WARM_UP = 2;

/** Late rows of one series over six hours, one a minute: a refresh against aggregating the range of all series again. */
export async function late(bench: Bench): Promise<readonly Result[]> {
  const { client, readings, checkpoint } = bench;
  const held = readings.rows / readings.perMinute / 1_000;
  const minutes = Math.min(360, Math.floor(held / 2));
  const to = await minutesBeforeEnd(client, readings.table, Math.floor(held / 10));
  const from = await minutesBeforeEnd(client, readings.table, Math.floor(held / 10) + minutes);
  await startOver(client, 'one');
  await refresh(client, 'one');
  await createTwin(client, 'bench.hand', 'silver.one_1m');
  await client.query('insert into bench.hand select * from silver.one_1m');
  await client.query('vacuum analyze bench.hand');
  await client.query('vacuum analyze silver.one_1m');
  const arrive = async (series: number) => {
    const inserted = await client.query(
      `insert into raw.${readings.table}
       select t + interval '7 seconds', $1::integer, 1
         from generate_series($2::timestamptz, $3::timestamptz - interval '1 minute', interval '1 minute') t`,
      [series, from, to],
    );
    const dirty = await client.query('select from rollup.dirty_one');
    if (dirty.rowCount !== inserted.rowCount) throw new Error('the late rows were not captured');
  };
  const result = await compare({
    name: `late rows of one series of 1,000 over ${minutes} minutes`,
    target: 1 / 50,
    pairs: PAIRS,
    warmUp: WARM_UP,
    base: {
      label: 'DELETE and INSERT … SELECT of the range',
      async run(pair) {
        await arrive(100 + pair);
        await client.query('vacuum bench.hand');
        await checkpoint();
        return timed(async () => {
          await client.query('begin');
          await client.query(`delete from bench.hand where bucket >= '${from}' and bucket < '${to}'`);
          await client.query(handWritten('bench.hand', readings.table, between(from, to)));
          await client.query('commit');
        });
      },
    },
    tidemark: { label: 'perform_rollup', run: () => refresh(client, 'one') },
  });
  await requireSame(client, 'bench.hand', 'silver.one_1m');
  return [result];
}
