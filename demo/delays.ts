import type { Client } from 'pg';
import { formatTable, grouped, humanDuration } from '../infra/cli/output';
import { FLIGHT_ZONE } from './flights';
import { colors, say } from './terminal';

interface Row {
  readonly start: string;
  readonly flights: number;
  readonly average: string;
  readonly longest: number;
  readonly miles: number;
}

const select = (tier: string, format: string) => `
  select to_char(bucket at time zone '${FLIGHT_ZONE}', '${format}') as start, delay_count as flights,
         round(delay_avg, 1)::text as average, delay_max as longest, distance_sum as miles
    from gold.flight_delays_${tier} where origin = $1`;

/** Chicago O'Hare, or, in a slice of the data that lacks it, the airport with the most flights. */
async function chooseAirport(client: Client): Promise<string> {
  const busiest = await client.query<{ origin: string }>(
    `select origin from gold.flight_delays_1d where origin is not null group by 1 order by origin = 'ORD' desc, sum(delay_count) desc limit 1`,
  );
  return busiest.rows[0]?.origin ?? 'ORD';
}

function show(title: string, head: string, rows: readonly Row[]): void {
  say(colors.bold(title));
  const cells = rows.map((row) => [
    row.start,
    grouped(row.flights),
    row.average,
    String(row.longest),
    grouped(row.miles),
  ]);
  say(
    formatTable({
      head: [head, 'flights', 'avg delay', 'max delay', 'miles flown'],
      rows: cells,
      colors,
      right: [1, 2, 3, 4],
    }),
  );
}

/** Hours and days of one airport, as anybody would query them. */
export async function showDelays(client: Client): Promise<void> {
  const airport = await chooseAirport(client);
  const hours = await client.query<Row>(`${select('1h', 'Dy DD Mon HH24:MI')} order by bucket desc limit 8`, [
    airport,
  ]);
  show(
    `Departures of ${airport} by hour: the last 8 hours of gold.flight_delays_1h (delays in minutes)`,
    'hour, New York',
    hours.rows,
  );
  say();
  const days = await client.query<Row>(`${select('1d', 'Dy DD Mon YYYY')} order by bucket desc limit 7`, [
    airport,
  ]);
  show(`and by day: the last 7 days of gold.flight_delays_1d`, 'day, New York', days.rows);
}

const QUESTIONS = [
  {
    what: 'flights of each day, all airports',
    gold: 'select bucket, row_count from gold.flight_traffic_1d order by 1',
    raw: `select date_trunc('day', departed_at, 'UTC'), count(*) from raw.flights group by 1 order by 1`,
  },
  {
    what: 'average delay of each month, all airports',
    gold: `select date_trunc('month', bucket, '${FLIGHT_ZONE}'), sum(delay_sum) / sum(delay_count) from gold.flight_delays_1d group by 1 order by 1`,
    raw: `select date_trunc('month', departed_at, '${FLIGHT_ZONE}'), avg(delay) from raw.flights group by 1 order by 1`,
  },
  {
    what: 'average delay of Chicago, each day',
    gold: `select bucket, delay_avg from gold.flight_delays_1d where origin = 'ORD' order by 1`,
    raw: `select date_trunc('day', departed_at, '${FLIGHT_ZONE}'), avg(delay) from raw.flights where origin = 'ORD' group by 1 order by 1`,
  },
] as const;

const RUNS = 3;

/** The same questions to gold and to the source, timed: the best of a few runs of each. */
export async function compareSpeed(client: Client): Promise<void> {
  const time = async (sql: string) => {
    let best = Number.POSITIVE_INFINITY;
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now();
      await client.query(sql);
      best = Math.min(best, performance.now() - started);
    }
    return best;
  };
  const rows: string[][] = [];
  for (const { what, gold, raw } of QUESTIONS) {
    const [fast, slow] = [await time(gold), await time(raw)];
    rows.push([
      what,
      humanDuration(fast / 1000),
      humanDuration(slow / 1000),
      `${(slow / fast).toFixed(slow < 10 * fast ? 1 : 0)} x`,
    ]);
  }
  say(colors.bold('The same answers from gold and by GROUP BY over raw.flights'));
  say(formatTable({ head: ['question', 'gold', 'raw.flights', 'faster'], rows, colors, right: [1, 2, 3] }));
}
