import type { Client } from 'pg';
import { applyRollup } from '../infra/db/rollup/apply';
import type { Bench } from './context';
import { between, createTwin, definition, handWritten, type Source } from './data';
import { minutesBeforeEnd, pretendNow, refresh, requireSame, startOver } from './engine';
import { compare, type Result, timed } from './measure';

const PAIRS = 15;
const WARM_UP = 3;
const MINUTES = PAIRS + WARM_UP;

/** One minute of new data: a refresh against the bare statement for that minute. */
export async function steady(bench: Bench): Promise<readonly Result[]> {
  const { client, readings, dense, inNewSession } = bench;
  await applyRollup(client, definition('dense', dense.table, 1), { schedule: false });
  const here = <T>(work: (client: Client) => Promise<T>) => work(client);
  return [
    await minuteByMinute(bench, 'one', readings, '', 1.2, here),
    await minuteByMinute(bench, 'dense', dense, '', 1.2, here),
    await minuteByMinute(bench, 'one', readings, ', each in a new session', null, inNewSession),
  ];
}

async function minuteByMinute(
  bench: Bench,
  rollup: string,
  source: Source,
  remark: string,
  target: number | null,
  session: Bench['inNewSession'],
): Promise<Result> {
  const { client, checkpoint } = bench;
  const silver = `silver.${rollup}_1m`;
  const ends: string[] = [];
  for (let minute = MINUTES; minute >= 0; minute -= 1) {
    ends.push(await minutesBeforeEnd(client, source.table, minute));
  }
  const endOf = (minute: number) => ends[minute] as string;
  await startOver(client, rollup);
  await pretendNow(client, rollup, endOf(0));
  await refresh(client, rollup);
  await createTwin(client, 'bench.hand', silver);
  await client.query(`insert into bench.hand select * from ${silver}`);
  await client.query(`vacuum analyze bench.hand`);
  await client.query(`vacuum analyze ${silver}`);
  await checkpoint();
  const result = await compare({
    name: `steady refresh, one minute of ${(source.perMinute * 1_000).toLocaleString('en')} rows${remark}`,
    ...(target === null ? {} : { target }),
    pairs: PAIRS,
    warmUp: WARM_UP,
    base: {
      label: 'one INSERT … SELECT',
      run: (pair) =>
        session((own) =>
          timed(() =>
            own.query(handWritten('bench.hand', source.table, between(endOf(pair), endOf(pair + 1)))),
          ),
        ),
    },
    tidemark: {
      label: 'perform_rollup',
      async run(pair) {
        await pretendNow(client, rollup, endOf(pair + 1));
        return session((own) => refresh(own, rollup));
      },
    },
  });
  await requireSame(client, 'bench.hand', silver);
  return result;
}
