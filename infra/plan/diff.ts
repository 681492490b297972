import type { RollupDefinition } from '../model/definition';
import { FIELDS } from './fields';
import { type Change, members } from './rule';

export type { Change, Hazard } from './rule';

const DEFINITION = members(FIELDS);

/** Pure: what changes between two normalized definitions of the same rollup, and which of it is hazardous. */
export function diff(current: RollupDefinition, desired: RollupDefinition): readonly Change[] {
  return DEFINITION.changes('', current, desired);
}

/** What to do about a change that is refused. */
export const REFUSAL_HINT =
  'Keep this definition and add the changed one under a new name. Remove the old definition when the backfill of the new rollup is done.';

/**
 * One sentence for the changes that are refused whatever the database holds, or null if there are none. What the user has to
 * do by hand is judged where the table is known (`columnRefusal`).
 */
export function refusal(name: string, changes: readonly Change[]): string | null {
  const refused = changes.filter(({ hazard }) => hazard !== null && hazard !== 'by-hand');
  if (refused.length === 0) return null;
  const list = refused.map((c) => `${c.path} from ${c.from} to ${c.to} (${c.hazard})`).join('; ');
  return `Rollup "${name}" cannot be changed in place: ${list}. Nothing was changed.`;
}
