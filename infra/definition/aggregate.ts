/** Messages for aggregates: those of this version, those to come, and those that never were. */
import { AGGREGATES, PLANNED } from '../model/aggregates/registry';
import { choices, type Path, pathText, show } from './errors';
import { didYouMean } from './suggest';

/** `{ histogram: { bounds: … } }` names its aggregate by its only key. */
function nameOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const keys = Object.keys(value);
  return keys.length === 1 ? (keys[0] ?? null) : null;
}

/** The sentence for a list entry that is no aggregate of this version. */
export function aggregateMessage(path: Path, value: unknown): string {
  const name = nameOf(value);
  const allowed = choices(AGGREGATES);
  if (name !== null && (PLANNED.includes(name) || /^p\d{1,3}$/.test(name))) {
    return `${pathText(path)}: "${name}" is planned but not in this version; use one of ${allowed}`;
  }
  const hint = typeof value === 'string' ? didYouMean(value, AGGREGATES) : '';
  return `${pathText(path)} is ${show(value)}${hint}; it must be one of ${allowed}`;
}
