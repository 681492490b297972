import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { DateTime } from 'luxon';
import { importModule } from './importModule';

type Hyparquet = typeof import('hyparquet');
type Compressors = typeof import('hyparquet-compressors');
type Columns = readonly [date: ArrayLike<bigint>, ...rest: ArrayLike<bigint | string | null>[]];

const COLUMNS = ['date', 'delay', 'distance', 'origin', 'destination'] as const;
/** The file's dates are wall clocks without a zone: read as this one's, the zone of the daily tier. */
export const FLIGHT_ZONE = 'America/New_York';
const WEEK_MS = 7 * 86_400_000;
/** Rows of one piece of text: large enough to be quick, small next to a row group. */
const PIECE = 4_096;

export interface Flights {
  /** Rows that are read: the last ones of the file. */
  readonly rows: number;
  readonly weeks: number;
  /** First and last wall clock, moved forward. */
  readonly first: DateTime;
  readonly last: DateTime;
  readonly sha256: string;
  /** Rows as text for COPY; holds one row group at a time. */
  text(): AsyncGenerator<{ readonly text: string; readonly rows: number }>;
}

/** Opens flights-3m.parquet of the npm package vega-datasets; `limit` takes only that many rows from its end. */
export async function openFlights(root: string, limit: number): Promise<Flights> {
  const path = join(root, 'node_modules', 'vega-datasets', 'data', 'flights-3m.parquet');
  const { parquetMetadataAsync, parquetScan } = (await importModule('hyparquet')) as Hyparquet;
  const { compressors } = (await importModule('hyparquet-compressors')) as Compressors;
  const file = {
    byteLength: (await stat(path)).size,
    async slice(start: number, end?: number) {
      const handle = await open(path);
      try {
        const bytes = new Uint8Array((end ?? file.byteLength) - start);
        await handle.read(bytes, 0, bytes.length, start);
        return bytes.buffer;
      } finally {
        await handle.close();
      }
    },
  };
  const metadata = await parquetMetadataAsync(file);
  const total = Number(metadata.num_rows);
  const skip = Math.max(0, total - limit);
  // Microseconds as they are: a Date for each of three million rows would cost more than all the rest.
  const parsers = { timestampFromMicroseconds: (value: bigint) => value } as never;
  const scan = await parquetScan({ file, metadata, compressors, parsers, useOffsetIndex: false });
  const ranges = scan.ranges.filter((range) => range.rowEnd > skip);
  const read = async (rowStart: number, rowEnd: number): Promise<Columns> => {
    const columns = [];
    for (const column of COLUMNS) columns.push(await scan.readColumn({ column, rowStart, rowEnd }));
    return columns as unknown as Columns;
  };
  const wallClock = async (row: number) =>
    Number((await scan.readColumn({ column: 'date', rowStart: row, rowEnd: row + 1 }))[0]) / 1000;
  // The file is ordered by date.
  const [first, last] = [await wallClock(skip), await wallClock(total - 1)];
  const now = DateTime.now().setZone(FLIGHT_ZONE).setZone('UTC', { keepLocalTime: true });
  const weeks = Math.floor((now.toMillis() - last) / WEEK_MS);
  const moved = (milliseconds: number) =>
    DateTime.fromMillis(milliseconds + weeks * WEEK_MS, { zone: 'UTC' });
  return {
    rows: total - skip,
    weeks,
    first: moved(first),
    last: moved(last),
    sha256: await sha256(path),
    async *text() {
      for (const range of ranges) {
        const start = Math.max(range.rowStart, skip);
        yield* pieces(await read(start, range.rowEnd), weeks);
      }
    },
  };
}

function* pieces(columns: Columns, weeks: number) {
  const [dates, ...rest] = columns;
  const shift = weeks * WEEK_MS;
  let known: bigint | undefined;
  let date = '';
  for (let from = 0; from < dates.length; from += PIECE) {
    const to = Math.min(from + PIECE, dates.length);
    let text = '';
    for (let row = from; row < to; row++) {
      const micros = dates[row] as bigint;
      // Ordered by time, so that a dozen rows in turn share a date.
      if (micros !== known) date = new Date(Number(micros) / 1000 + shift).toISOString().slice(0, 19);
      known = micros;
      text += date;
      for (const column of rest) text += `\t${column[row] ?? '\\N'}`;
      text += '\n';
    }
    yield { text, rows: to - from };
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
