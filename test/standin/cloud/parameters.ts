/** The parameters that RDS knows: those of PostgreSQL itself, as its own program lists them, and those of RDS. */

import { serverAccount } from '../../../infra/local/postgres/home';
import { invocation } from '../../../infra/local/postgres/invocation';
import { findPrograms } from '../../../infra/local/postgres/programs';
import { run } from '../../../infra/process/command';

export interface Parameter {
  readonly static: boolean;
  readonly type: 'BOOLEAN' | 'SWITCH' | 'INTEGER' | 'REAL' | 'STRING' | 'ENUM';
  readonly least?: number;
  readonly most?: number;
}

export type Catalog = ReadonlyMap<string, Parameter>;

/** One entry of a parameter group's list. */
export interface GroupParameter {
  readonly name: string;
  readonly value: string;
  readonly applyMethod?: string;
}

const boolean = (isStatic: boolean): Parameter => ({ static: isStatic, type: 'BOOLEAN' });
/** RDS takes 0 and 1 for most, on and off for those of some extensions. */
const onOff = (isStatic: boolean): Parameter => ({ static: isStatic, type: 'SWITCH' });
const text = (isStatic: boolean): Parameter => ({ static: isStatic, type: 'STRING' });
const whole = (isStatic: boolean, least: number, most: number): Parameter => ({
  static: isStatic,
  type: 'INTEGER',
  least,
  most,
});

/** Of RDS, and of extensions that it preloads. */
const MORE: Readonly<Record<string, Parameter>> = {
  'auto_explain.log_min_duration': whole(false, -1, 2_147_483_647),
  'cron.database_name': text(true),
  'cron.log_min_messages': text(false),
  'cron.log_run': onOff(true),
  'cron.log_statement': onOff(true),
  'cron.max_running_jobs': whole(true, 0, 5_000),
  'cron.use_background_workers': onOff(true),
  'pg_stat_statements.max': whole(true, 100, 2_147_483_647),
  'pg_stat_statements.save': boolean(false),
  'pg_stat_statements.track': text(false),
  'pg_stat_statements.track_planning': boolean(false),
  'pg_stat_statements.track_utility': boolean(false),
  'pgaudit.log': text(false),
  'rds.accepted_password_auth_method': text(false),
  'rds.force_admin_logging_level': text(false),
  'rds.force_autovacuum_logging_level': text(false),
  'rds.force_ssl': boolean(false),
  'rds.log_retention_period': whole(false, 1_440, 10_080),
  'rds.logical_replication': boolean(true),
  'rds.restrict_password_commands': boolean(true),
};

/** Under RDS's own hand. */
const KEPT =
  /^(archive_.*|config_file|data_directory|external_pid_file|fsync|full_page_writes|hba_file|ident_file|listen_addresses|log_directory|log_filename|port|primary_.*|recovery_.*|restore_command|ssl(?!_ciphers|_max_protocol|_min_protocol).*|unix_socket_.*|wal_level|zero_damaged_pages)$/;
/** What Aurora's storage does in the place of a log of its own. */
const NOT_AURORA =
  /^(checkpoint_.*|max_wal_size|min_wal_size|wal_buffers|wal_compression|huge_pages|bgwriter_.*)$/;

/** Of `log_connections`, from 18 on. */
const STAGES =
  /^(receipt|authentication|authorization|setup_durations|all)(, ?(receipt|authentication|authorization|setup_durations))*$/;

/** What `shared_preload_libraries` may name on RDS; the second list is on this machine, too. */
const LIBRARIES = [
  'pg_hint_plan',
  'pg_tle',
  'pgaudit',
  'pglogical',
  'pg_similarity',
  'pg_transport',
  'plprofiler',
];
const INSTALLED_LIBRARIES = ['auto_explain', 'pg_cron', 'pg_prewarm', 'pg_stat_statements'];

const catalogs = new Map<number, Promise<Catalog>>();

/** The parameters of a major version; asks its server program once. */
export function catalogOf(generation: number, directory: string): Promise<Catalog> {
  const known = catalogs.get(generation) ?? readCatalog(generation, directory);
  catalogs.set(generation, known);
  return known;
}

async function readCatalog(generation: number, directory: string): Promise<Catalog> {
  const engine = await findPrograms(directory, generation, () => undefined);
  const command = invocation(engine, directory, await serverAccount(), 'postgres', ['--describe-config']);
  const found = new Map<string, Parameter>(Object.entries(MORE));
  for (const line of (await run('Listing the parameters', command)).split('\n')) {
    const [name = '', context, , type, , least, most] = line.split('\t');
    if (type === undefined || context === 'internal') continue;
    found.set(name, {
      static: context === 'postmaster',
      type: type as Parameter['type'],
      ...(least === '' ? {} : { least: Number(least) }),
      ...(most === '' ? {} : { most: Number(most) }),
    });
  }
  return found;
}

/** What RDS would say to one parameter of a group, or null. */
export function parameterProblem(catalog: Catalog, given: GroupParameter, aurora: boolean): string | null {
  const { name, value, applyMethod = 'immediate' } = given;
  const parameter = catalog.get(name);
  if (parameter === undefined || (aurora && NOT_AURORA.test(name)))
    return `InvalidParameterValue: Could not find parameter with name: ${name}`;
  if (KEPT.test(name)) return `InvalidParameterValue: The parameter ${name} cannot be modified.`;
  if (parameter.static && applyMethod === 'immediate')
    return `InvalidParameterCombination: cannot use immediate apply method for static parameter ${name}`;
  const wrong = `InvalidParameterValue: Invalid parameter value: ${value} for: ${name} allowed values are:`;
  // A formula over the instance's memory or processors.
  if (/[{(]/.test(value)) return null;
  if (name === 'shared_preload_libraries') return librariesProblem(value, wrong);
  if (parameter.type === 'BOOLEAN' && !/^[01]$/.test(value)) return `${wrong} 0,1`;
  if (parameter.type === 'SWITCH' && !/^(on|off)$/.test(value)) return `${wrong} on,off`;
  if (name === 'log_connections' && parameter.type === 'STRING' && !STAGES.test(value))
    return `${wrong} receipt, authentication, authorization, setup_durations, all`;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY } = parameter;
  const number =
    parameter.type === 'INTEGER' ? /^-?\d+$/ : parameter.type === 'REAL' ? /^-?\d+(\.\d+)?$/ : null;
  if (number !== null && (!number.test(value) || Number(value) < least || Number(value) > most))
    return `${wrong} ${least}-${most}`;
  return null;
}

function librariesProblem(value: string, wrong: string): string | null {
  const names = value.split(',').map((name) => name.trim());
  if (names.some((name) => ![...LIBRARIES, ...INSTALLED_LIBRARIES].includes(name)))
    return `${wrong} ${[...INSTALLED_LIBRARIES, ...LIBRARIES].join(',')}`;
  const lacking = names.filter((name) => !INSTALLED_LIBRARIES.includes(name));
  return lacking.length === 0 ? null : `The stand-in has no ${lacking.join(', ')}.`;
}

/** A group that names none has these. */
export const GROUP_DEFAULTS: Readonly<Record<string, string>> = {
  shared_preload_libraries: 'pg_stat_statements',
  'rds.force_ssl': '1',
};

/** The settings of a group, with what its family gives; formulas are left to the server's own defaults. */
export function groupSettings(parameters: readonly GroupParameter[]): Record<string, string> {
  const given = parameters.filter(({ value }) => !/[{(]/.test(value)).map(({ name, value }) => [name, value]);
  return { ...GROUP_DEFAULTS, ...Object.fromEntries(given) };
}

/** What runs after a group was changed under a running server: dynamic parameters follow at once, others stay. */
export function followed(
  catalog: Catalog,
  running: Readonly<Record<string, string>>,
  parameters: readonly GroupParameter[],
): Record<string, string> {
  const wanted = groupSettings(parameters);
  const held = new Set(
    parameters.filter(({ applyMethod }) => applyMethod === 'pending-reboot').map(({ name }) => name),
  );
  const result: Record<string, string> = {};
  for (const name of new Set([...Object.keys(running), ...Object.keys(wanted)])) {
    const stays = catalog.get(name)?.static === true || held.has(name);
    const value = stays ? running[name] : wanted[name];
    if (value !== undefined) result[name] = value;
  }
  return result;
}
