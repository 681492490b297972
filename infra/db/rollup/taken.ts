/** Names that somebody else has taken: nothing that Tidemark did not make is replaced. */

import type { RollupDefinition } from '../../model/definition';
import { TidemarkError } from '../../model/error';
import { plainName } from '../../model/names';
import type { Basis } from './basis';

const KINDS: Readonly<Record<string, string>> = {
  r: 'a table',
  p: 'a table',
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  S: 'a sequence',
  i: 'an index',
  I: 'an index',
  c: 'a type',
};

/** Refuses a definition of which a table, view or trigger would have a name that somebody else's has. */
export function refuseTaken({ name }: RollupDefinition, basis: Taken): void {
  const [taken] = [...takenRelations(basis), ...takenTriggers(basis)];
  if (taken === undefined) return;
  throw new TidemarkError(
    `Rollup "${name}": ${taken.what} that Tidemark did not make, so it is not replaced. Nothing was changed.`,
    { hint: `Rename or drop ${taken.name}, or give the rollup another name.` },
  );
}

type Taken = Pick<Basis, 'relations' | 'made' | 'names' | 'takenTriggers'>;
interface TakenName {
  readonly name: string;
  /** The beginning of a sentence. */
  readonly what: string;
}

function takenRelations({ relations, made, names }: Taken): readonly TakenName[] {
  const mayBe = (relation: string) => (names.gold.includes(relation) ? ['v'] : ['r', 'p']);
  return Object.entries(relations)
    .filter(([relation, kind]) => !made.includes(relation) || !mayBe(relation).includes(kind))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([relation, kind]) => {
      const name = plainName(relation);
      return { name, what: `${name} is ${KINDS[kind] ?? 'something'}` };
    });
}

function takenTriggers({ names, takenTriggers: triggers }: Taken): readonly TakenName[] {
  return triggers.map((name) => ({ name, what: `${plainName(names.source)} has a trigger ${name}` }));
}
