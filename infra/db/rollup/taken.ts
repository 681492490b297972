/** Names that somebody else has taken: nothing that Tidemark did not make is replaced. */
import type { RollupDefinition } from '../../model/definition';
import { TidemarkError } from '../../model/error';
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

/** Refuses a definition of which a table or view would have a name that somebody else's relation has. */
export function refuseTaken(
  { name }: RollupDefinition,
  { relations, made, names }: Pick<Basis, 'relations' | 'made' | 'names'>,
): void {
  const mayBe = (relation: string) => (names.gold.includes(relation) ? ['v'] : ['r', 'p']);
  const [taken] = Object.entries(relations)
    .filter(([relation, kind]) => !made.includes(relation) || !mayBe(relation).includes(kind))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (taken === undefined) return;
  const [relation, kind] = taken;
  const shown = relation.replaceAll('"', '');
  throw new TidemarkError(
    `Rollup "${name}": ${shown} is ${KINDS[kind] ?? 'something'} that Tidemark did not make, so it is not replaced. Nothing was changed.`,
    { hint: `Rename or drop ${shown}, or give the rollup another name.` },
  );
}
