import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { counted, grouped } from '../infra/cli/output';
import { withConnection } from '../infra/connection/connect';
import { type Flights, openFlights } from './flights';
import { COPY, createPartitions, createTable, finishTable, tableState, ZONE } from './table';
import { paragraph, peakMemory, progress, say, since } from './terminal';

/** Loads the flights into raw.flights unless they are there. One transaction: an interrupted load leaves nothing behind. */
export async function loadFlights(root: string, url: string, limit: number): Promise<Flights> {
  const flights = await openFlights(root, limit);
  const whole = flights.rows === 3_000_000 ? '' : `the last ${grouped(flights.rows)} of `;
  say(
    paragraph(
      `flights-3m.parquet of the npm package vega-datasets: ${whole}3,000,000 US flights of 2001. They are moved forward by ` +
        `${grouped(flights.weeks)} whole weeks, so that they end in the past week, on ${flights.last.toFormat('cccc d LLLL yyyy')}; ` +
        'the clock times of the file are read as New York time.',
    ),
  );
  await withConnection({ url }, async (client) => {
    // The server may be about to see a deployment or a refresh that holds the table.
    await client.query(`set lock_timeout = '60s'`);
    const state = await tableState(client, flights);
    if (state === 'loaded') {
      const present = await client.query<{ rows: number }>('select count(*) as rows from raw.flights');
      say(
        `raw.flights is loaded already: ${counted(present.rows[0]?.rows ?? 0, 'row')}, with the changes of earlier runs.`,
      );
      return;
    }
    if (state === 'outdated')
      say('raw.flights was loaded for another week or number of rows. Loading it again.');
    await load(client, flights, state === 'absent');
  });
  return flights;
}

async function load(client: Client, flights: Flights, create: boolean): Promise<void> {
  const started = Date.now();
  await client.query('begin');
  if (create) await createTable(client);
  else await client.query('truncate raw.flights');
  await createPartitions(client, flights);
  await client.query(ZONE);
  const bar = progress(flights.rows, 'rows');
  try {
    await pipeline(Readable.from(pieces(flights, bar.update)), client.query(copyFrom(COPY)));
    bar.update(flights.rows, 'building indexes');
    await finishTable(client, flights);
    await client.query('commit');
  } finally {
    bar.stop();
  }
  const seconds = (Date.now() - started) / 1000;
  say(
    `${counted(flights.rows, 'row')} into raw.flights in ${since(started)} (${grouped(Math.round(flights.rows / seconds / 1000) * 1000)} rows/s, ` +
      `at most ${peakMemory()} MB of memory in this process).`,
  );
}

/** Pulled by the stream, so never more than a piece ahead of what the database has taken. */
async function* pieces(flights: Flights, update: (rows: number) => void): AsyncGenerator<Buffer> {
  let rows = 0;
  for await (const piece of flights.text()) {
    yield Buffer.from(piece.text);
    rows += piece.rows;
    update(rows);
  }
}
