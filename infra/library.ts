/**
 * Tidemark as a library of your own Pulumi program:
 *
 * ```ts
 * import { Rollups } from 'tidemark';
 *
 * new Rollups('rollups', { directory: 'rollups', connection: { urlEnv: 'DATABASE_URL' } });
 * ```
 */
export type { Connection } from './connection/connection';
export type { LocatedError } from './definition/errors';
export { type Loaded, type LoadedDefinition, loadDefinitions } from './definition/load';
export type { Aggregate } from './model/aggregates/registry';
export type {
  ColumnDefinition as ColumnSpec,
  IntervalText,
  MeasureDefinition as MeasureSpec,
  PartitionDefinition as PartitionSpec,
  QualifiedName,
  RollupDefinition as RollupSpec,
  TierDefinition as TierSpec,
} from './model/definition';
export { type ConnectionArgs, Engine, type EngineArgs, Rollup, type RollupArgs } from './provider/resources';
export { Rollups, type RollupsArgs } from './provider/rollups';
