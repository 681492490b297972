import { checksum } from '../plan/checksum';
import { quoteLiteral, tierName } from '../plan/names';
import type { RollupSpec } from '../plan/spec';
import type { CompiledRollup, CompiledTier, SourceShape } from '../plan/types';
import { captureFunction } from './capture';
import { compileContext } from './context';
import { directSelect, rollupStatements, tierStatements } from './refresh';
import { createLogTables, createSourceTable, createTierTable, partitionInterval } from './tiers';
import { createView, viewComment } from './views';

/**
 * Compiles a definition to all the SQL that it becomes. Pure: the same definition over the same column types gives the
 * same text. Throws a TidemarkError where a column is missing or its type cannot serve.
 */
export function compile(spec: RollupSpec, shape: SourceShape): CompiledRollup {
  const context = compileContext(spec, shape);
  const tiers = spec.tiers.map(
    (tier, ordinal): CompiledTier => ({
      ordinal,
      suffix: tier.suffix,
      every: tier.every,
      timeZone: tier.timeZone,
      retention: tier.retention,
      table: tierName(spec, tier),
      createTable: `${createTierTable(context, tier, ordinal)}\ncomment on table ${context.names.silver[ordinal]} is ${quoteLiteral(
        `State of rollup ${spec.name}, tier ${tier.every}. Query the view of the same name in gold.`,
      )};`,
      partitionEvery: partitionInterval(tier),
      createView: `${createView(context, ordinal)}\n${viewComment(context, ordinal)}`,
      statements: tierStatements(context, ordinal),
      direct: directSelect(context, ordinal),
    }),
  );
  const parts = {
    spec,
    dimensions: context.dimensions.map((d) => ({ name: d.plainName, type: d.type })),
    createSource: createSourceTable(spec, context.names.source),
    createLogs: createLogTables(context),
    captureFunction: captureFunction(context),
    tiers,
    statements: rollupStatements(context),
    approximateColumns: context.gold.filter((g) => g.approximate).map((g) => g.plainName),
  };
  return { ...parts, checksum: checksum(parts) };
}

/** Column types of a source that Tidemark will create itself: known before the table exists. */
export function declaredShape(spec: RollupSpec): SourceShape | null {
  if (spec.source.columns === null) return null;
  const columns = spec.source.columns.map((c) => [
    c.name,
    { type: c.type === 'timestamptz' ? 'timestamp with time zone' : c.type, collation: null },
  ]);
  return { columns: Object.fromEntries(columns) };
}
