import { parseColumnType } from '../../model/columnType';
import { type LocatedError, type Path, pathText, show } from '../errors';
import { parseTableName } from '../identifier';
import { readInterval } from '../interval';
import type { ParsedDefinition } from '../parse';
import type { Sections } from '../schema';
import { partitionNames, sharedStem } from './partitionNames';

type Source = NonNullable<Sections['source']>;

/** What several definitions of one source must say alike, each as text that is equal when they agree. */
const SHARED: readonly { readonly path: Path; readonly value: (source: Source) => string | undefined }[] = [
  { path: ['source', 'time'], value: (source) => source.time },
  {
    path: ['source', 'columns'],
    value: ({ columns }) => columns && JSON.stringify(Object.entries(columns).map(normalType)),
  },
  {
    path: ['source', 'partition'],
    value: ({ partition }) => partition && `${canonical(partition.every)}, ${canonical(partition.retention)}`,
  },
];

function normalType([name, type]: readonly [string, string]): unknown {
  return [name, parseColumnType(type)];
}

function canonical(text: string): string {
  return readInterval(text) ?? text;
}

function error(definition: ParsedDefinition, path: Path, message: string): LocatedError {
  return { file: definition.file, ...definition.place({ path }), path: pathText(path), message };
}

function where(definition: ParsedDefinition, path: Path): string {
  return `${definition.file}:${definition.place({ path }).line}`;
}

/** Checks over all definitions of a directory, given in order of file and line; the later one of two is to blame. */
export function checkTogether(definitions: readonly ParsedDefinition[]): readonly LocatedError[] {
  return [
    ...duplicateNames(definitions),
    ...sharedStems(definitions),
    ...SHARED.flatMap(({ path, value }) => disagreements(definitions, path, value)),
  ];
}

function duplicateNames(definitions: readonly ParsedDefinition[]): readonly LocatedError[] {
  const path = ['name'];
  const first = new Map<string, ParsedDefinition>();
  return definitions.flatMap((definition) => {
    const { name } = definition.sections;
    const other = name === undefined ? undefined : first.get(name);
    if (name !== undefined && !other) first.set(name, definition);
    const message = `name is ${show(name)}, which ${other && where(other, path)} has too; each rollup must have a name of its own`;
    return other ? [error(definition, path, message)] : [];
  });
}

/** Partitions of two rollups that would have the same names. */
function sharedStems(definitions: readonly ParsedDefinition[]): readonly LocatedError[] {
  const first = new Map<string, { readonly owner: ParsedDefinition; readonly table: string }>();
  return definitions.flatMap((definition) =>
    partitionNames(definition.sections).flatMap((one) => {
      const other = first.get(one.stem);
      if (!other) first.set(one.stem, { owner: definition, table: one.table });
      // Two tiers of one definition are judged there; of two rollups of one name, the name is to blame.
      if (!other || other.owner.sections.name === definition.sections.name) return [];
      return [
        error(
          definition,
          one.path,
          sharedStem(one, `${show(other.table)} (${where(other.owner, ['name'])})`),
        ),
      ];
    }),
  );
}

function disagreements(
  definitions: readonly ParsedDefinition[],
  path: Path,
  value: (source: Source) => string | undefined,
): readonly LocatedError[] {
  const first = new Map<string, { readonly definition: ParsedDefinition; readonly text: string }>();
  return definitions.flatMap((definition) => {
    const { source } = definition.sections;
    const name = source && parseTableName(source.table);
    const text = source && value(source);
    if (!name || text === undefined) return [];
    const table = `${name.schema}.${name.table}`;
    const key = JSON.stringify(name);
    const other = first.get(key);
    if (!other) first.set(key, { definition, text });
    if (!other || other.text === text) return [];
    const message = `${pathText(path)} differs from ${where(other.definition, path)}; all definitions of ${show(table)} that give it must say the same`;
    return [error(definition, path, message)];
  });
}
