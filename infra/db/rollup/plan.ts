/** Pure: the plan that makes a database match a definition, from what was read of it. */
import { compile, declaredShape } from '../../compile';
import { checksum } from '../../model/checksum';
import type { CompiledRollup, SourceShape } from '../../model/compiled';
import { inOrderOf, type RollupDefinition } from '../../model/definition';
import { TidemarkError } from '../../model/error';
import { quoteIdent } from '../../model/names';
import { columnRefusal } from '../../plan/columns';
import { diff, REFUSAL_HINT, refusal } from '../../plan/diff';
import { PREMAKE, scheduleOf } from '../../plan/owned';
import { type Plan, type Statement, type Step, statement, step } from '../../plan/plan';
import { type Ownership, recordOwner, refuseForeign } from '../owners';
import { jobStatements } from '../schedule';
import type { Basis } from './basis';
import { OBJECT_TEXTS } from './objects';
import { type Retyping, retype } from './retype';
import { refuseTaken } from './taken';
import { writeConfiguration } from './writeConfiguration';

export interface ApplyOptions {
  /** false: leave pg_cron alone, for databases that have none and whose refreshes are called by something else. */
  readonly schedule: boolean;
  /** Who deploys. Not given: nobody is refused, and nobody recorded. */
  readonly ownership?: Ownership;
}

/** Refuses changes that would lose data or need a rebuild, columns that cannot serve, and partitions that cannot be managed. */
export function planRollup(wanted: RollupDefinition, basis: Basis, options: ApplyOptions): Plan {
  const { stored, names } = basis;
  // The views keep the order of columns that they have: others have built upon it.
  const definition = stored === null ? wanted : inOrderOf(stored.definition, wanted);
  if (options.ownership !== undefined) refuseForeign(definition.name, basis.owner, options.ownership);
  if (stored !== null) {
    const refused = refusal(definition.name, diff(stored.definition, definition));
    if (refused !== null) {
      throw new TidemarkError(refused, {
        hint: REFUSAL_HINT,
      });
    }
  }
  refuseTaken(definition, basis);
  const differs =
    basis.source === null ? null : columnRefusal(stored?.definition ?? null, definition, basis.source);
  if (differs !== null) throw new TidemarkError(differs.message, { hint: differs.hint });
  const { shape, create } = sourceOf(definition, basis);
  const compiled = compile(definition, shape, names);
  const retyping = retype(compiled, shape, basis);
  const left = {
    ...basis,
    relations: Object.fromEntries(
      Object.entries(basis.relations).filter(([name]) => !retyping.dropped.includes(name)),
    ),
  };
  const steps = [
    ...create,
    configure(compiled, shape, basis, retyping),
    ...(options.ownership === undefined ? [] : [recordOwner(definition.name, options.ownership.owner)]),
    ...managePartitions(definition, basis),
    ...retyping.steps,
    ...createTables(compiled, left),
    ...replaceObjects(compiled, basis),
    ...capture(compiled, basis),
    ...manageTierPartitions(compiled, left),
    step('let publications have its tables', [
      statement('select rollup.set_replica_identity($1)', definition.name),
    ]),
    ...(options.schedule ? [schedule(definition, basis)] : []),
    step('remember the texts of what was made, and what the names of the source mean', [
      recordTexts(definition.name),
      statement('select rollup.record_source($1)', definition.name),
    ]),
  ];
  return { steps, basis: checksum({ definition, basis: deciding(basis) }) };
}

/** Without the figures of estimates: they decide nothing, and move with every ANALYZE. */
function deciding(basis: Basis): Basis {
  return basis.source === null ? basis : { ...basis, source: { ...basis.source, rows: 0, bytes: 0 } };
}

/** The columns to compile for, and the step that makes the source where it is not there and its columns are given. */
function sourceOf(
  definition: RollupDefinition,
  { source, names }: Basis,
): { shape: SourceShape; create: readonly Step[] } {
  if (source !== null) return { shape: source, create: [] };
  const declared = declaredShape(definition);
  const text = declared === null ? null : compile(definition, declared, names).createSource;
  if (declared === null || text === null) {
    throw new TidemarkError(`Rollup "${definition.name}": the source table ${names.source} does not exist.`, {
      hint: 'Create the table first, or give `source.columns` and Tidemark creates it.',
    });
  }
  const schema = statement(`create schema if not exists ${quoteIdent(definition.source.table.schema)}`);
  return { shape: declared, create: [step(`create ${names.source}`, [schema, statement(text)])] };
}

/** What changed while nothing captured it is not known: coverage starts over (see rollup.retire). */
const startOver = (name: string): Statement => statement('select rollup.retire($1, true)', name);

function configure(compiled: CompiledRollup, shape: SourceShape, basis: Basis, retyping: Retyping): Step {
  const { stored, names, generation } = basis;
  const { name } = compiled.definition;
  const sql = writeConfiguration(compiled, shape, names, generation);
  // A retired rollup, and one whose source is another table now (a restore).
  const unseen =
    stored !== null &&
    (!stored.row.enabled ||
      stored.row.source_is_other ||
      basis.trust !== 'coverage' ||
      retyping.columns.length > 0);
  return step(`write the definition and the statements of ${name}`, unseen ? [...sql, startOver(name)] : sql);
}

function managePartitions(definition: RollupDefinition, { source, names }: Basis): readonly Step[] {
  const { partition, time } = definition.source;
  if (partition === null) return [];
  if (source !== null && !source.partitioned) {
    throw new TidemarkError(
      `Rollup "${definition.name}": source.partition asks pg_partman to manage ${names.source}, which is not a partitioned table.`,
      {
        hint: `Remove source.partition, or move the rows into a table partitioned by range ("${time}").`,
      },
    );
  }
  // Reaches back as far as rows are kept, or a year's worth of partitions.
  const sql = statement(
    `select rollup.partman_manage($1::regclass, $2, $3::interval,
  date_trunc('day', now()) - coalesce($4::interval, 12 * $3::interval), $4::interval, $5)`,
    names.source,
    time,
    partition.every,
    partition.retention,
    PREMAKE,
  );
  return [
    step(`partitions of ${names.source}`, [sql], { lock: { on: names.source, mode: 'access exclusive' } }),
  ];
}

function createTables(compiled: CompiledRollup, { names, relations }: Basis): readonly Step[] {
  const wanted: readonly (readonly [name: string, text: string])[] = [
    [names.dirty, compiled.createLogs[0] as string],
    [names.late, compiled.createLogs[1] as string],
    ...compiled.tiers.map((tier) => [names.silver[tier.ordinal] as string, tier.createTable] as const),
  ];
  return wanted
    .filter(([name]) => relations[name] === undefined)
    .map(([name, text]) => step(`create ${name}`, [statement(text)]));
}

function replaceObjects(compiled: CompiledRollup, { names }: Basis): readonly Step[] {
  return [
    step(`replace ${names.capture}`, [statement(compiled.captureFunction)]),
    ...compiled.tiers.map((tier) => {
      const view = names.gold[tier.ordinal] as string;
      return step(
        `replace ${view}`,
        [statement('select rollup.replace_view($1, $2)', view, tier.createView)],
        {
          lock: { on: view, mode: 'access exclusive' },
        },
      );
    }),
  ];
}

function capture(
  compiled: CompiledRollup,
  { stored, names, source, relations, untrusted }: Basis,
): readonly Step[] {
  const { name } = compiled.definition;
  // Something of an existing rollup is not there: changes may have gone unseen.
  const lost = [names.dirty, names.late, ...names.silver].some((table) => relations[table] === undefined);
  const begin = statement('select rollup.advance_retention($1)', name);
  const unseen = stored !== null && (untrusted || lost);
  const estimate = source === null ? null : { rows: source.rows, bytes: source.bytes };
  const lock = { on: names.source, mode: 'share row exclusive' };
  return [
    step(
      unseen ? 'start coverage over: changes may have gone unseen' : 'move the retention of the tiers on',
      unseen ? [begin, startOver(name)] : [begin],
      unseen ? { estimate } : {},
    ),
    step(
      `capture changes of ${names.source}`,
      [statement('select rollup.enable_capture($1)', name), statement('select rollup.sync_leaves($1)', name)],
      stored === null ? { lock, estimate } : { lock },
    ),
  ];
}

/** The interval stays what it was made with, though a longer retention would choose a longer one today. */
function manageTierPartitions(compiled: CompiledRollup, basis: Basis): readonly Step[] {
  const { names, relations, partitionEvery } = basis;
  return compiled.tiers.flatMap((tier) => {
    const table = names.silver[tier.ordinal] as string;
    const partitioned =
      relations[table] === undefined ? tier.partitionEvery !== null : relations[table] === 'p';
    if (!partitioned) return [];
    const sql = statement(
      `select rollup.partman_manage($1::regclass, 'bucket', $2::interval,
  (select retained_from from rollup.timeseries_tier where rollup = $3 and ordinal = $4), $5::interval, $6)`,
      table,
      partitionEvery[table] ?? tier.partitionEvery,
      compiled.definition.name,
      tier.ordinal,
      tier.retention,
      PREMAKE,
    );
    return [step(`partitions of ${table}`, [sql])];
  });
}

function schedule(definition: RollupDefinition, { names, cron }: Basis): Step {
  const wanted = scheduleOf(definition, names.job);
  return step(`schedule ${wanted.job}`, jobStatements(wanted, cron));
}

/** MD5 of each text by name, to tell later whether somebody changed one by hand. */
function recordTexts(name: string): Statement {
  return statement(
    `update rollup.timeseries_rollup_config
   set objects = (select coalesce(jsonb_object_agg(t.name, t.md5), '{}') from (${OBJECT_TEXTS}) t where t.md5 is not null)
 where name = $1`,
    name,
  );
}
