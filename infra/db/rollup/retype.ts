/** Columns of a source that were given other types after a rollup was deployed. */
import type { CompiledRollup, SourceShape } from '../../model/compiled';
import { namedColumns } from '../../model/definition';
import { TidemarkError } from '../../model/error';
import { REFUSAL_HINT } from '../../plan/diff';
import { type Step, statement, step } from '../../plan/plan';
import type { Basis } from './basis';

/** What such columns ask for. */
export interface Retyping {
  /** The columns, as far as the definition names them; none: nothing is asked for. */
  readonly columns: readonly string[];
  /** State tables and logs that the steps drop, to be made anew. */
  readonly dropped: readonly string[];
  readonly steps: readonly Step[];
}

/** What is sealed is cast to the types that the source's columns have now; the rest is aggregated anew. */
export function retype(compiled: CompiledRollup, shape: SourceShape, basis: Basis): Retyping {
  const before = basis.stored?.shape?.columns ?? {};
  const columns = namedColumns(compiled.definition).filter(
    (name) => before[name] !== undefined && before[name].type !== shape.columns[name]?.type,
  );
  if (columns.length === 0) return { columns, dropped: [], steps: [] };
  const { names, relations } = basis;
  const dropped = unfit(compiled, columns, basis);
  const arrays = [compiled.columns.map(({ name }) => name), compiled.columns.map(({ type }) => type)];
  const steps = [names.dirty, names.late, ...names.silver]
    .filter((table) => relations[table] !== undefined)
    .map((table) =>
      dropped.includes(table)
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
  return { columns, dropped, steps };
}

/**
 * State tables and logs that lack a column of the state that is kept for the types of today, by name. They are made anew,
 * unless they hold history: no cast makes such a column.
 */
function unfit(compiled: CompiledRollup, changed: readonly string[], basis: Basis): readonly string[] {
  const { names, columns, stored } = basis;
  const tables = [names.dirty, names.late, ...names.silver].filter((table) => {
    const wanted = table === names.dirty ? compiled.dimensions : compiled.columns;
    return columns[table] !== undefined && !wanted.every(({ name }) => columns[table]?.includes(name));
  });
  if (tables.length > 0 && stored?.row.sealed === true)
    throw new TidemarkError(
      `Rollup "${compiled.definition.name}": ${changed.join(', ')} of the source now has another type, for which another state is kept, and the history whose source rows are gone cannot be converted. Nothing was changed.`,
      { hint: REFUSAL_HINT },
    );
  return tables;
}
