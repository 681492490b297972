import { canonicalJson } from '../model/checksum';
import type { RollupDefinition } from '../model/definition';
import { compareIntervals } from '../model/interval';

/** Why a change cannot simply be made. */
export type Hazard =
  /** Rows or partitions would go that cannot come back. */
  | 'data-loss'
  /** Needs tables to be filled again beside the live ones, which this version does not do. */
  | 'rebuild';

/** One difference between the definition in the database and the wanted one. Plain data, in a deterministic order. */
export interface Change {
  /** Path in the definition, such as `tiers.1h.retention`. */
  readonly path: string;
  readonly from: string;
  readonly to: string;
  /** null: made online, in place. */
  readonly hazard: Hazard | null;
}

const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === null ? 'forever' : canonicalJson(value);

/** Pure: what changes between two normalized definitions of the same rollup, and which of it is hazardous. */
export function diff(current: RollupDefinition, desired: RollupDefinition): readonly Change[] {
  const changes: Change[] = [];
  const compare = (path: string, from: unknown, to: unknown, hazard: Hazard | null) => {
    if (canonicalJson(from) !== canonicalJson(to))
      changes.push({ path, from: text(from), to: text(to), hazard });
  };
  const retention = (path: string, from: string | null, to: string | null) => {
    const shorter = to !== null && (from === null || compareIntervals(to, from) < 0);
    // From finite to for ever keeps the partitions there are.
    compare(path, from, to, shorter ? 'data-loss' : null);
  };
  compare('source.table', current.source.table, desired.source.table, 'rebuild');
  compare('source.time', current.source.time, desired.source.time, 'rebuild');
  compare('source.capture', current.source.capture, desired.source.capture, 'rebuild');
  comparePartition(current, desired, compare, retention);
  compare('dimensions', current.dimensions, desired.dimensions, 'rebuild');
  compareMeasures(current, desired, compare);
  compareTiers(current, desired, compare, retention);
  compare('refresh.schedule', current.refresh.schedule, desired.refresh.schedule, null);
  compare('refresh.lag', current.refresh.lag, desired.refresh.lag, null);
  compare('onDelete', current.onDelete, desired.onDelete, null);
  return changes;
}

type Compare = (path: string, from: unknown, to: unknown, hazard: Hazard | null) => void;
type CompareRetention = (path: string, from: string | null, to: string | null) => void;

function comparePartition(
  current: RollupDefinition,
  desired: RollupDefinition,
  compare: Compare,
  retention: CompareRetention,
): void {
  const [from, to] = [current.source.partition, desired.source.partition];
  if (from !== null && to !== null) {
    compare('source.partition.every', from.every, to.every, 'rebuild');
    retention('source.partition.retention', from.retention, to.retention);
  } else {
    compare('source.partition', from, to, 'rebuild');
  }
}

function compareMeasures(current: RollupDefinition, desired: RollupDefinition, compare: Compare): void {
  const list = (definition: RollupDefinition) =>
    definition.measures.flatMap((m) => m.aggregates.map((a) => `${m.column}.${a}`));
  const [from, to] = [list(current), list(desired)];
  for (const gone of from.filter((item) => !to.includes(item)))
    compare(`measures.${gone}`, gone, 'none', 'data-loss');
  for (const added of to.filter((item) => !from.includes(item)))
    compare(`measures.${added}`, 'none', added, 'rebuild');
}

function compareTiers(
  current: RollupDefinition,
  desired: RollupDefinition,
  compare: Compare,
  retention: CompareRetention,
): void {
  for (const tier of current.tiers) {
    const same = desired.tiers.find((t) => t.suffix === tier.suffix);
    if (same === undefined) {
      compare(`tiers.${tier.suffix}`, tier.every, 'none', 'data-loss');
      continue;
    }
    compare(`tiers.${tier.suffix}.timeZone`, tier.timeZone ?? 'UTC', same.timeZone ?? 'UTC', 'rebuild');
    retention(`tiers.${tier.suffix}.retention`, tier.retention, same.retention);
  }
  for (const tier of desired.tiers) {
    if (!current.tiers.some((t) => t.suffix === tier.suffix))
      compare(`tiers.${tier.suffix}`, 'none', tier.every, 'rebuild');
  }
}

/** One sentence for the changes that are refused, or null if all can be made in place. */
export function refusal(name: string, changes: readonly Change[]): string | null {
  const refused = changes.filter((change) => change.hazard !== null);
  if (refused.length === 0) return null;
  const list = refused.map((c) => `${c.path} from ${c.from} to ${c.to} (${c.hazard})`).join('; ');
  return `Rollup "${name}" cannot be changed in place: ${list}. Nothing was touched.`;
}
