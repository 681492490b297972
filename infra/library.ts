/**
 * Tidemark as a library of your own Pulumi program:
 *
 * ```ts
 * import { Rollups } from 'tidemark';
 *
 * new Rollups('rollups', { directory: 'rollups', connection: { urlEnv: 'DATABASE_URL' } });
 * ```
 */
export type { Connection } from './plan/connection';
export type {
  Aggregate,
  ColumnSpec,
  IntervalText,
  MeasureSpec,
  PartitionSpec,
  QualifiedName,
  RollupSpec,
  TierSpec,
} from './plan/spec';
export { type ConnectionArgs, Engine, type EngineArgs, Rollup, type RollupArgs } from './provider/resources';
export { Rollups, type RollupsArgs } from './provider/rollups';
export type { LocatedError } from './spec/errors';
export { type Loaded, type LoadedSpec, loadDefinitions } from './spec/load';
