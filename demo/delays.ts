import type { Client } from 'pg';
import { formatTable, grouped } from '../infra/cli/output';
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

/** The same question to gold and to the source, timed. */
export async function compareSpeed(client: Client): Promise<void> {
  const time = async (sql: string) => {
    const runs: number[] = [];
    for (let run = 0; run < 3; run++) {
      const started = performance.now();
      await client.query(sql);
      runs.push(performance.now() - started);
    }
    return runs.sort((a, b) => a - b)[1] as number;
  };
  const gold = await time(
    `select date_trunc('month', bucket at time zone '${FLIGHT_ZONE}') as month, sum(delay_sum) / sum(delay_count) as delay from gold.flight_delays_1d group by 1 order by 1`,
  );
  const source = await time(
    `select date_trunc('month', departed_at at time zone '${FLIGHT_ZONE}') as month, avg(delay) from raw.flights group by 1 order by 1`,
  );
  say(
    `The average delay of each month: ${gold.toFixed(gold < 10 ? 1 : 0)} ms from gold, ${Math.round(source)} ms by GROUP BY over raw.flights: ` +
      `${colors.bold(`${Math.round(source / gold)} times as fast`)}.`,
  );
}
