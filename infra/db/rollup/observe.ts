import type { Client } from 'pg';
import type { RollupDefinition } from '../../model/definition';
import { plainName } from '../../model/names';
import type { Owner } from '../../model/owner';
import { AS_COMPILED, type Owned } from '../../plan/owned';
import { readOwner } from '../owners';
import { readStored, type StoredRollup } from './catalogue';
import { changedStatements, observeObjects, presentTexts } from './objects';
import { observePartitions, observeSchedule, type Words } from './observeOwned';

export interface ObservedRollup {
  /** The definition that was applied last. */
  readonly definition: RollupDefinition;
  readonly owned: Owned;
  /** Who has deployed it; null: nobody that is known. */
  readonly owner: Owner | null;
}

/** Interval text of the database in the words of the definition, where the two are equal. */
const sameInterval = `(select case when $1::text::interval = $2::text::interval then $2::text else $1::text::interval::text end as text)`;

/** Reads back everything that a rollup owns; null if the database holds no such rollup. The one reader of it all. */
export async function observeRollup(client: Client, name: string): Promise<ObservedRollup | null> {
  const stored = await readStored(client, name);
  return stored === null ? null : observeStored(client, stored);
}

/** The same, of a rollup that was read from the engine's tables already. Works from what is stored and compiles nothing. */
export async function observeStored(client: Client, stored: StoredRollup): Promise<ObservedRollup> {
  const { definition, names, row } = stored;
  const words: Words = async (value, wanted) => {
    if (value === null || wanted === null) return value;
    return (await client.query<{ text: string }>(sameInterval, [value, wanted])).rows[0]?.text ?? value;
  };
  const tiers = stored.tiers.map(({ suffix, ...tier }) => {
    const ordinal = definition.tiers.findIndex((wanted) => wanted.suffix === suffix);
    return { ...tier, table: plainName(names.silver[ordinal] ?? suffix) };
  });
  const texts = await presentTexts(client, definition.name);
  const changed = changedStatements(row.objects, texts);
  return {
    definition,
    owner: await readOwner(client, definition.name),
    owned: {
      schedule: await observeSchedule(client, names.job),
      partitions: await observePartitions(client, definition, names, words),
      configuration: {
        source: row.source_is_other
          ? `${row.source_table} (another table than when it was deployed)`
          : row.source_table,
        time: row.time_column,
        capture: row.capture,
        schedule: row.schedule,
        lag: (await words(row.lag, definition.refresh.lag)) ?? row.lag,
        onDelete: row.on_delete,
        enabled: row.enabled,
        dimensions: stored.dimensions,
        tiers,
        statements: changed.length === 0 ? AS_COMPILED : `differ: ${changed.join(', ')}`,
      },
      objects: row.enabled ? await observeObjects(client, stored, texts) : 'retired',
    },
  };
}
