/** The parameter group as data: what the rollups need, each with its reason, merged with what the user wants. Pure. */
import { processorsOf } from './versions';

export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly applyMethod: 'immediate' | 'pending-reboot';
}

export interface ParameterChoices {
  /** The database of the rollups. */
  readonly database: string;
  readonly instanceClass: string;
  /** ACUs at most, of a serverless class. */
  readonly maxCapacity: number;
  /** The user's own, by name. */
  readonly parameters: Readonly<Record<string, string>>;
}

const LIBRARIES = 'shared_preload_libraries';
const RUNNING_JOBS = 'cron.max_running_jobs';

/** RDS preloads it by default; a group's own value replaces the default, so it is named again. */
const DEFAULT_LIBRARIES = ['pg_stat_statements'];

/**
 * Dynamic ones, in the units of `pg_settings.setting`. A value that equals the default of RDS would differ for ever, since RDS keeps
 * its own apply method with it: so none does.
 */
const DYNAMIC: Readonly<Record<string, string>> = {
  // Gold views look expensive to the planner and are cheap: compiling them takes longer than running them.
  jit: '0',
  // Raw partitions see inserts only: vacuum them early, while they are small, for index-only scans and frozen rows.
  autovacuum_vacuum_insert_scale_factor: '0.05',
  // Silver tables are rewritten at their newest end: dead rows there are few of the table and many of what is read.
  autovacuum_vacuum_scale_factor: '0.03',
  // The newest buckets are the ones asked for, and no histogram knows them before an analyze.
  autovacuum_analyze_scale_factor: '0.02',
  // Half of the default pause, so that large tables are done before they grow further.
  autovacuum_vacuum_cost_delay: '1',
  // An idle transaction that wrote a source holds up the refresh horizon: five minutes instead of a day.
  idle_in_transaction_session_timeout: '300000',
  // A refresh of a minute and a dashboard of five seconds are both worth a line; shorter ones only cost log.
  log_min_duration_statement: '5000',
  // Tells who waited for whom when a refresh was late.
  log_lock_waits: '1',
  // A sort or hash that spilled 64 MiB and more to disk, in kB: the sign of too little work_mem.
  log_temp_files: '65536',
  // Database Insights shows reads beside waits only with it; on Graviton the clock is cheap.
  track_io_timing: '1',
  // A refresh runs its statements inside a procedure: without it there is one line, the call.
  'pg_stat_statements.track': 'all',
};

/** Static ones that nobody needs to compute. */
const STATIC: Readonly<Record<string, string>> = {
  // The running jobs are in cron.job_run_details already: once a minute each is too much for the log.
  'cron.log_statement': 'off',
  // Ten refreshes at a time, twice the default of RDS: more rollups than that rarely fall due in the same minute.
  [RUNNING_JOBS]: '10',
};

/** The user's parameters that change without a restart, besides those above; any other waits for a reboot, which RDS accepts for all. */
const KNOWN_DYNAMIC = new Set([
  ...Object.keys(DYNAMIC),
  'autovacuum',
  'autovacuum_naptime',
  'autovacuum_vacuum_cost_limit',
  'autovacuum_vacuum_insert_threshold',
  'autovacuum_vacuum_threshold',
  'autovacuum_analyze_threshold',
  'checkpoint_timeout',
  'deadlock_timeout',
  'default_statistics_target',
  'effective_cache_size',
  'effective_io_concurrency',
  'hash_mem_multiplier',
  'idle_session_timeout',
  'lock_timeout',
  'log_autovacuum_min_duration',
  'log_connections',
  'log_disconnections',
  'log_error_verbosity',
  'log_min_error_statement',
  'log_min_messages',
  'log_statement',
  'maintenance_work_mem',
  'max_parallel_maintenance_workers',
  'max_parallel_workers',
  'max_parallel_workers_per_gather',
  'max_wal_size',
  'plan_cache_mode',
  'random_page_cost',
  'statement_timeout',
  'tcp_keepalives_count',
  'tcp_keepalives_idle',
  'tcp_keepalives_interval',
  'temp_buffers',
  'wal_compression',
  'work_mem',
]);

/** rds.force_ssl is dynamic, but 1 is its default from 15 on, and RDS keeps a default with this method. */
const KEPT_DEFAULTS: readonly Parameter[] = [
  { name: 'rds.force_ssl', value: '1', applyMethod: 'pending-reboot' },
];

function libraries(given: string | undefined): string {
  const own = (given ?? '').split(',').map((name) => name.trim());
  return [...new Set([...DEFAULT_LIBRARIES, ...own, 'pg_cron'])].filter((name) => name !== '').join(',');
}

/** Every running job of pg_cron is a worker; parallel queries and replication need theirs besides. */
function workers({ instanceClass, maxCapacity }: ParameterChoices, runningJobs: string): string {
  return String(Math.max(Number(runningJobs) + 22, 2 * processorsOf(instanceClass, maxCapacity)));
}

/** The parameters of the group, sorted by name, so that no order differs between two runs. */
export function groupParameters(choices: ParameterChoices): readonly Parameter[] {
  const { [LIBRARIES]: given, ...own } = choices.parameters;
  const values: Record<string, string> = {
    ...DYNAMIC,
    ...STATIC,
    max_worker_processes: workers(choices, own[RUNNING_JOBS] ?? STATIC[RUNNING_JOBS] ?? '10'),
    ...own,
    'cron.database_name': choices.database,
    [LIBRARIES]: libraries(given),
  };
  const chosen = Object.entries(values).map(([name, value]): Parameter => {
    return { name, value, applyMethod: KNOWN_DYNAMIC.has(name) ? 'immediate' : 'pending-reboot' };
  });
  const kept = KEPT_DEFAULTS.filter(({ name }) => !(name in values));
  return [...kept, ...chosen].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * What the server must show in `pg_settings.setting` when the group is in force, for the resource `Server`. Left out: formulas, whose
 * result only RDS knows, and `rds.*`, which are settings of RDS that many versions do not show.
 */
export function expectedSettings(parameters: readonly Parameter[]): Readonly<Record<string, string>> {
  const literal = parameters.filter(({ name, value }) => !/[{}]/.test(value) && !name.startsWith('rds.'));
  return Object.fromEntries(literal.map(({ name, value }) => [name, value]));
}

/** Without these the rollups do not work, whoever made the server. */
export function neededSettings(database: string): Readonly<Record<string, string>> {
  return { [LIBRARIES]: 'pg_cron', 'cron.database_name': database };
}

/** What the user may not set, and why; undefined if it is theirs. */
export function reservedReason(name: string, value: string): string | undefined {
  if (name === 'cron.database_name') return 'it is always the database of the rollups';
  if (name === 'rds.force_ssl' && value !== '1') return 'every connection is encrypted';
  return undefined;
}
