import { ADMIN_ROLE, DATABASE } from './state';

/** What every local server gets; close to RDS where that matters, small enough for a laptop. */
const DEFAULTS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // TCP alone: no path limit, and nothing that a client could find by chance.
  unix_socket_directories: '',
  shared_preload_libraries: 'pg_cron,pg_stat_statements',
  'cron.database_name': DATABASE,
  'cron.timezone': 'GMT',
  // Jobs run inside the server: no password is needed for them.
  'cron.use_background_workers': 'on',
  // Two lines a minute for every rollup would bury what the log is for; cron.job_run_details has them all.
  'cron.log_statement': 'off',
  max_connections: '200',
  max_prepared_transactions: '20',
  max_worker_processes: '20',
  shared_buffers: '256MB',
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  password_encryption: 'scram-sha-256',
  timezone: 'UTC',
  // Gold views look expensive to the planner (they could read the source) and are cheap; compiling them takes longer than running them.
  jit: 'off',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_line_prefix: '%m [%p] %q%u@%d ',
};

/** The text of postgresql.conf. */
export function serverConfiguration(port: number, settings: Readonly<Record<string, string>>): string {
  const merged = { ...DEFAULTS, ...settings, port: String(port) };
  const lines = Object.entries(merged).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  return `# Written at every start. Settings of your own go to where the server is started from.\n${lines.join('\n')}\n`;
}

/** The text of pg_hba.conf: passwords for everybody, from this machine only. */
export function clientAuthentication(): string {
  return `host all all 127.0.0.1/32 scram-sha-256\n# ${ADMIN_ROLE} is the local stand-in for the superuser of RDS.\n`;
}
