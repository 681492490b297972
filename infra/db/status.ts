import type { Reader } from '../connection/dataApi';
import { TidemarkError } from '../model/error';

export { type DataApiTarget, dataApiReader } from '../connection/dataApi';

export const STATUSES = ['OK', 'RUNNING', 'WARNING', 'ALERT'] as const;
export type Status = (typeof STATUSES)[number];

/** One rollup as the operations monitor sees it. Lengths of time are in seconds, null where there is nothing to say. */
export interface RollupStatus {
  readonly name: string;
  readonly status: Status;
  /** Why it is not OK. */
  readonly reason: string | null;
  /** How long the oldest bucket that is not covered has been due. */
  readonly lag: number | null;
  /** Covered share of what is to be covered, 0 to 1; null before the first refresh. */
  readonly backfill: number | null;
  readonly backfillRemaining: number | null;
  readonly dirtyKeys: number | null;
  readonly lateRows: number | null;
  readonly rowsLastHour: number;
  readonly averageDuration: number | null;
  readonly sealedChanges: number;
  readonly attempt: number;
  readonly nextAttemptAt: string | null;
  readonly lastError: string | null;
  readonly lastErrorAt: string | null;
  readonly lastSuccessAt: string | null;
  /** Seconds since the last success, by the database's clock. */
  readonly sinceSuccess: number | null;
  readonly partitionsUntil: string | null;
}

const seconds = (expression: string) => `extract(epoch from ${expression})::double precision`;

/** Reads rollup.timeseries_operations_monitor, in the order of the names. */
export async function readStatus(client: Reader): Promise<readonly RollupStatus[]> {
  const view = await client.query<{ engine: boolean; monitor: boolean }>(
    `select to_regclass('rollup.migration') is not null as engine, to_regclass('rollup.timeseries_operations_monitor') is not null as monitor`,
  );
  if (!view.rows[0]?.engine) {
    throw new TidemarkError('This database does not contain the Tidemark engine.', {
      hint: 'Deploy it with: pulumi up',
    });
  }
  if (!view.rows[0].monitor) {
    throw new TidemarkError(
      'The engine in this database has no operations monitor: it is older than this version of tidemark.',
      {
        hint: 'Upgrade it with: pulumi up',
      },
    );
  }
  const result = await client.query<RollupStatus>(
    `select name, status, reason, ${seconds('lag')} as lag, backfill::double precision as backfill,
            ${seconds('backfill_remaining')} as "backfillRemaining", dirty_keys as "dirtyKeys", late_rows as "lateRows",
            rows_last_hour as "rowsLastHour", ${seconds('average_duration')} as "averageDuration",
            sealed_changes as "sealedChanges", attempt, next_attempt_at::text as "nextAttemptAt",
            last_error as "lastError", last_error_at::text as "lastErrorAt", last_success_at::text as "lastSuccessAt",
            ${seconds('clock_timestamp() - last_success_at')} as "sinceSuccess", partitions_until::text as "partitionsUntil"
       from rollup.timeseries_operations_monitor order by name collate "C"`,
  );
  return result.rows;
}

/** The worst of several; OK for none. */
export function worstStatus(all: readonly RollupStatus[]): Status {
  return STATUSES[Math.max(0, ...all.map((rollup) => STATUSES.indexOf(rollup.status)))] as Status;
}
