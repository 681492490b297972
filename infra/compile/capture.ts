import { quoteLiteral } from '../model/names';
import type { Context } from './context';
import { dimensionColumns, sameKey } from './keys';
import { groupBy, statesFromSource } from './rows';
import { brackets, conditions, indent, list, select } from './text';

/** The block of the function, by which its variables are told from columns of the source, whatever those are called. */
const BLOCK = 'capture';
const OPEN = `${BLOCK}.v_open`;
const SEALED = `${BLOCK}.v_sealed`;

/**
 * The change capture function of a rollup: one trigger function for INSERT, UPDATE, DELETE and TRUNCATE, by statement or
 * by row. It logs the keys of rows whose bucket has ended, judged by the clock inside the trigger; on-time rows write
 * nothing. SECURITY DEFINER with a pinned path, because those who write the source have no right on the engine.
 */
export function captureFunction(context: Context): string {
  const { definition } = context;
  const body = definition.source.capture === 'rows' ? rowBody(context) : statementBody(context);
  // A column may be called anything, also like the quotes around a function's body.
  let tag = '$capture$';
  while (body.includes(tag)) tag = `${tag.slice(0, -1)}_$`;
  return `create or replace function ${context.capture}()
returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as ${tag}
<<${BLOCK}>>
declare
  -- A bucket has ended if it lies before the one that is open now. Read after the writer's transaction id was assigned.
  v_open   timestamptz := ${context.levels[0].bucket.start('clock_timestamp()')};
  v_sealed tstzmultirange;
  v_key    record;
  v_state  text;
  v_reason text;
begin
  if tg_op = 'TRUNCATE' then
    insert into rollup.dirty_range (rollup, range)
    select
      ${quoteLiteral(definition.name)},
      rollup.partition_range(pg_get_expr(relpartbound, oid))
    from pg_class
    where oid = tg_relid
      and (relispartition or oid = (
        select source_oid from rollup.timeseries_rollup_config where name = ${quoteLiteral(definition.name)}))
    union all
    -- A partition that was detached just now, and may be back before the next refresh.
    select
      ${quoteLiteral(definition.name)},
      k.range
    from rollup.source_leaf k
    where k.rollup = ${quoteLiteral(definition.name)}
      and k.relid = tg_relid
      and not exists (select from pg_class where oid = tg_relid and relispartition);
    return null;
  end if;
  begin
${indent(body)}
  exception when undefined_column then
    -- A column was renamed. The write goes on; readers go to the source for everything, once until a refresh takes this up.
    insert into rollup.dirty_range (rollup, range)
    select ${quoteLiteral(definition.name)}, '(,)'
    where not exists (
      select from rollup.dirty_range where rollup = ${quoteLiteral(definition.name)} and range = '(,)');
  end;
  if tg_when = 'BEFORE' then
    return new;
  end if;
  return null;
end ${BLOCK} ${tag};
revoke all on function ${context.capture}() from public;`;
}

const READ_SEALED = (name: string) =>
  `select sealed into ${SEALED} from rollup.timeseries_rollup_config where name = ${quoteLiteral(name)};`;

/** Bucket of the finest level and dimensions of a row. */
function keyColumns(context: Context, alias: string): readonly string[] {
  return [context.levels[0].bucket.start(`${alias}.${context.time}`), ...dimensionColumns(context, alias)];
}

/** A statement at its depth in the function's body, without the margin of its first line. */
const nested = (lines: readonly string[], by: number) => `${indent(lines.join('\n'), by).trimStart()};`;

/** Adds rows `s` to the log of late rows, as state of their buckets. */
function logLate(context: Context, by: number, ...from: readonly string[]): string {
  const late = select(
    [...keyColumns(context, 's'), ...statesFromSource(context), 'count(*)'],
    ...from,
    groupBy(context),
  );
  return nested([`insert into ${context.late}`, late], by);
}

/** What values do; never what locks, cancellations or a full disk do. */
const VALUES_FAIL = 'exception when data_exception or program_limit_exceeded then';

/** Says that rows of a key are not in the log of late rows, and why. `bucket`, `key` and `rows` are expressions. */
const setLateAside = ({ definition }: Context, bucket: string, key: string, rows: string) =>
  `get stacked diagnostics v_state = returned_sqlstate, v_reason = message_text;
perform rollup.set_late_aside(${quoteLiteral(definition.name)}, null, ${bucket}, ${key}, ${rows},
  ${BLOCK}.v_state, ${BLOCK}.v_reason);`;

/** A state that cannot be computed, such as a sum that overflows, must not fail the write; nor take other keys with it. */
function logLateRows(context: Context): string {
  const late = `s.${context.time} <@ ${SEALED}`;
  const [bucket, ...dimensions] = keyColumns(context, 's');
  const ofKey = conditions('where', [
    late,
    `${bucket} = ${BLOCK}.v_key.bucket`,
    ...sameKey(context, `${BLOCK}.v_key`, 's'),
  ]);
  const aside = setLateAside(
    context,
    `${BLOCK}.v_key.bucket`,
    `${BLOCK}.v_key::text`,
    brackets(select(['count(*)'], 'from new_rows s', ofKey)),
  );
  return `if not isempty(${SEALED}) then
      begin
        ${logLate(context, 8, 'from new_rows s', `where ${late}`)}
      ${VALUES_FAIL}
        for v_key in
          ${indent([list('select distinct', [`${bucket} as bucket`, ...dimensions]), 'from new_rows s', `where ${late}`].join('\n'), 10).trimStart()}
        loop
          begin
            ${logLate(context, 12, 'from new_rows s', ofKey)}
          ${VALUES_FAIL}
            ${indent(aside, 12).trimStart()}
          end;
        end loop;
      end;
    end if;`;
}

function statementBody(context: Context): string {
  const { dirty: log, definition, time } = context;
  const dirty = (rows: string) =>
    nested(
      [
        `insert into ${log}`,
        list('select distinct', keyColumns(context, 's')),
        `from ${rows} s`,
        conditions('where', [`s.${time} < ${OPEN}`, `not coalesce(s.${time} <@ ${SEALED}, false)`]),
      ],
      4,
    );
  const sealedChange = (rows: string, operation: string) =>
    nested(
      [
        'insert into rollup.sealed_change (rollup, operation, row_count, range)',
        select(
          [
            quoteLiteral(definition.name),
            `'${operation}'`,
            'count(*)',
            `tstzrange(min(s.${time}), max(s.${time}), '[]')`,
          ],
          `from ${rows} s`,
          `where s.${time} <@ ${SEALED}`,
          'having count(*) > 0',
        ),
      ],
      4,
    );
  return `${movedRow(context)}
  if tg_op = 'INSERT' then
    perform from new_rows s where s.${time} < ${OPEN} limit 1;
    if not found then return null; end if;
    ${READ_SEALED(definition.name)}
    ${dirty('new_rows')}
    ${logLateRows(context)}
  elsif tg_op = 'DELETE' then
    ${READ_SEALED(definition.name)}
    ${dirty('old_rows')}
    ${sealedChange('old_rows', 'delete')}
  else
    ${READ_SEALED(definition.name)}
    ${dirty('old_rows')}
    ${dirty('new_rows')}
    ${sealedChange('old_rows', 'update')}
    -- Rows that an update moved there are additions.
    if not found then
      ${indent(logLateRows(context)).trimStart()}
    end if;
  end if;`;
}

/** Logs the key of one row, if its bucket has ended and is not sealed. */
function logRow(context: Context, record: string): string {
  const { dirty, time } = context;
  return `if ${record}.${time} < ${OPEN} and not coalesce(${record}.${time} <@ ${SEALED}, false) then
      ${nested([`insert into ${dirty}`, select(keyColumns(context, record))], 6)}
    end if;`;
}

/**
 * Row trigger BEFORE UPDATE on partitioned sources, only for rows whose key changes. PostgreSQL's MERGE tells statement
 * triggers too little there: a row that its update moves to another partition is shown to DELETE and INSERT triggers, which
 * fire only if the MERGE has such actions; and after an insert by the same MERGE the new rows of its updates are wrong.
 */
function movedRow(context: Context): string {
  return `  if tg_level = 'ROW' then
    -- Nothing may have been written yet: first the transaction id, then the clock.
    perform pg_current_xact_id();
    ${OPEN} := ${context.levels[0].bucket.start('clock_timestamp()')};
    ${READ_SEALED(context.definition.name)}
    ${logRow(context, 'old')}
    ${logRow(context, 'new')}
    return new;
  end if;`;
}

function rowBody(context: Context): string {
  const { definition, time } = context;
  const sealedChange = (operation: string) =>
    `if old.${time} <@ ${SEALED} then
      insert into rollup.sealed_change (rollup, operation, row_count, range)
      values (${quoteLiteral(definition.name)}, '${operation}', 1, tstzrange(old.${time}, old.${time}, '[]'));
    end if;`;
  const [bucket, ...dimensions] = keyColumns(context, 'new');
  const aside = setLateAside(
    context,
    `${bucket}`,
    `row${brackets([bucket, ...dimensions].join(',\n'))}::text`,
    '1',
  );
  const late = (condition: string) => `if new.${time} <@ ${SEALED}${condition} then
      begin
        ${logLate(context, 8, 'from (select new.*) s')}
      -- A state that cannot be computed must not fail the write.
      ${VALUES_FAIL}
        ${indent(aside, 8).trimStart()}
      end;
    end if;`;
  return `  if tg_op = 'INSERT' then
    if new.${time} >= ${OPEN} then return null; end if;
    ${READ_SEALED(definition.name)}
    ${logRow(context, 'new')}
    ${late('')}
  elsif tg_op = 'DELETE' then
    ${READ_SEALED(definition.name)}
    ${logRow(context, 'old')}
    ${sealedChange('delete')}
  else
    ${READ_SEALED(definition.name)}
    ${logRow(context, 'old')}
    ${logRow(context, 'new')}
    ${sealedChange('update')}
    -- A row that an update moved there is an addition.
    ${late(` and not coalesce(old.${time} <@ ${SEALED}, false)`)}
  end if;`;
}
