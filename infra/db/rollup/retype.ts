/** Columns of a source that were given other types after a rollup was deployed. */

import type { CompiledRollup, SourceShape } from '../../model/compiled';
import { TidemarkError } from '../../model/error';
import { REFUSAL_HINT } from '../../plan/diff';
import { type Step, statement, step } from '../../plan/plan';
import type { Basis } from './basis';

/** Columns that the definition names and whose types somebody changed since the statements were compiled. */
export function retyped(compiled: CompiledRollup, shape: SourceShape, { stored }: Basis): readonly string[] {
  const { source, dimensions, measures } = compiled.definition;
  const named = [source.time, ...dimensions, ...measures.map(({ column }) => column)];
  const before = stored?.shape?.columns ?? {};
  return [...new Set(named)].filter(
    (name) => before[name] !== undefined && before[name].type !== shape.columns[name]?.type,
  );
}

/**
 * State tables and logs that lack a column of the state that is kept for the types of today, by name. They are made anew,
 * unless they hold history: no cast makes such a column.
 */
export function unfit(compiled: CompiledRollup, shape: SourceShape, basis: Basis): readonly string[] {
  const { names, columns, sealed } = basis;
  const changed = retyped(compiled, shape, basis);
  if (changed.length === 0) return [];
  const tables = [names.dirty, names.late, ...names.silver].filter((table) => {
    const wanted = table === names.dirty ? compiled.dimensions : compiled.columns;
    return columns[table] !== undefined && !wanted.every(({ name }) => columns[table]?.includes(name));
  });
  if (tables.length > 0 && sealed)
    throw new TidemarkError(
      `Rollup "${compiled.definition.name}": ${changed.join(', ')} of the source now has another type, for which another state is kept, and the history whose source rows are gone cannot be converted. Nothing was changed.`,
      { hint: REFUSAL_HINT },
    );
  return tables;
}

/** What is sealed is cast to the types that the source's columns have now; the rest is aggregated anew. */
export function retype(compiled: CompiledRollup, shape: SourceShape, basis: Basis): readonly Step[] {
  const { names, relations } = basis;
  const columns = retyped(compiled, shape, basis);
  if (columns.length === 0) return [];
  const anew = unfit(compiled, shape, basis);
  const arrays = [compiled.columns.map(({ name }) => name), compiled.columns.map(({ type }) => type)];
  return [names.dirty, names.late, ...names.silver]
    .filter((table) => relations[table] !== undefined)
    .map((table) =>
      anew.includes(table)
        ? step(
            `drop ${table}, which is made anew for the type that ${columns.join(', ')} of the source now has`,
            [statement(`drop table ${table}`)],
          )
        : step(
            `give ${table} the types that ${columns.join(', ')} of the source now has`,
            [statement('select rollup.retype_table($1::regclass, $2::text[], $3::text[])', table, ...arrays)],
            { lock: { on: table, mode: 'access exclusive' } },
          ),
    );
}
