import { checksum } from '../model/checksum';
import { catalogType } from '../model/columnType';
import type { CompiledRollup, CompiledTier, SourceShape } from '../model/compiled';
import type { RollupDefinition } from '../model/definition';
import { type ObjectNames, quoteLiteral, tierName, unquoteIdent } from '../model/names';
import { captureFunction } from './capture';
import { compileContext } from './context';
import { directSelect } from './direct';
import { rollupStatements, tierStatements } from './refresh';
import { createLogTables, createSourceTable, createTierTable, partitionInterval } from './tiers';
import { createView, viewComment } from './views';

/**
 * Compiles a definition to all the SQL that it becomes. Pure: the same definition over the same column types gives the
 * same text. Throws a TidemarkError where a column is missing or its type cannot serve.
 */
export function compile(
  definition: RollupDefinition,
  shape: SourceShape,
  names?: ObjectNames,
): CompiledRollup {
  const context = compileContext(definition, shape, names);
  const tiers = context.levels.map((level): CompiledTier => {
    const { tier } = level;
    return {
      ...tier,
      ordinal: level.ordinal,
      table: tierName(definition, tier),
      createTable: `${createTierTable(context, level)}\ncomment on table ${level.table} is ${quoteLiteral(
        `State of rollup ${definition.name}, tier ${tier.every}. Query the view of the same name in gold.`,
      )};`,
      partitionEvery: partitionInterval(tier),
      createView: `${createView(context, level)}\n${viewComment(context, level)}`,
      statements: tierStatements(context, level),
      direct: directSelect(context, level),
    };
  });
  const parts = {
    definition,
    columns: [...context.dimensions, ...context.states].map(({ name, type }) => ({
      name: unquoteIdent(name),
      type,
    })),
    dimensions: context.dimensions.map((d) => ({ name: d.plainName, type: d.type })),
    createSource: createSourceTable(definition, context.source),
    createLogs: createLogTables(context),
    captureFunction: captureFunction(context),
    tiers,
    statements: rollupStatements(context),
    approximateColumns: context.gold.filter((g) => g.rounding !== null).map((g) => g.plainName),
  };
  return { ...parts, checksum: checksum(parts) };
}

/** Column types of a source that Tidemark will create itself: known before the table exists. */
export function declaredShape(definition: RollupDefinition): SourceShape | null {
  if (definition.source.columns === null) return null;
  const columns = definition.source.columns.map((c) => [
    c.name,
    { type: catalogType(c.type), collation: null },
  ]);
  return { columns: Object.fromEntries(columns) };
}
