/** The version of what is stored of a rollup: its definition in normal form, and the statements compiled from it. */
import { RollupDefinition } from './definition';
import { TidemarkError } from './error';

/**
 * Raise it, and `rollup.contract_version()` with it, when a stored statement gets another key, other parameters or another
 * result, or the normal form of a definition another shape. Engine and rollups are then never mixed: a refresh leaves
 * rollups of another version alone until they are deployed again.
 */
export const CONTRACT = 1;

/** From the definition of version n, at index n - 1, to that of n + 1. */
const UPGRADES: readonly ((definition: unknown) => unknown)[] = [];

/** A stored definition of this version or an earlier one, in today's form. */
export function storedDefinition(name: string, contract: number, definition: unknown): RollupDefinition {
  if (contract > CONTRACT) {
    throw new TidemarkError(
      `Rollup "${name}" was deployed by a later version of tidemark (contract ${contract}; this version knows ${CONTRACT}).`,
      { hint: 'Use that version or a later one.' },
    );
  }
  const upgraded = UPGRADES.slice(contract - 1).reduce((value, upgrade) => upgrade(value), definition);
  const read = RollupDefinition.safeParse(upgraded);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new TidemarkError(
    `The definition that the database holds of rollup "${name}" cannot be read: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}.`,
    { hint: 'Somebody changed rollup.timeseries_rollup_config.definition by hand: put it back as it was.' },
  );
}
