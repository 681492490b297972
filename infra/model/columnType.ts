/** The column types that Tidemark knows: what each is for the aggregates, and where it may stand. Everything else reads this. */

/** What the aggregates need to know of a type. */
export type TypeClass = 'integer' | 'numeric' | 'float' | 'text' | 'boolean' | 'time' | 'other';

interface KnownType {
  /** As `format_type` writes it, without modifiers. */
  readonly catalog: string;
  readonly is: TypeClass;
  /** As definitions write it in `source.columns`; null: Tidemark creates no column of this type. */
  readonly written: string | null;
  /** What definitions may write instead. */
  readonly aliases: readonly string[];
  /** What stands in for NULL in hashed comparisons; null: no dimension has this type. */
  readonly zero: string | null;
}

const known = (
  catalog: string,
  is: TypeClass,
  zero: string | null,
  aliases: readonly string[] = [],
  written: string | null = catalog,
): KnownType => ({ catalog, is, written, aliases, zero });

/** In the order in which messages name them. A second time axis and whole documents are not what a series is named by. */
const TYPES: readonly KnownType[] = [
  known('smallint', 'integer', '0', ['int2']),
  known('integer', 'integer', '0', ['int', 'int4']),
  known('bigint', 'integer', '0', ['int8']),
  known('numeric', 'numeric', '0', ['decimal']),
  known('real', 'float', '0', ['float4']),
  known('double precision', 'float', '0', ['float', 'float8']),
  known('boolean', 'boolean', 'false', ['bool']),
  known('text', 'text', "''"),
  known('character varying', 'text', "''", [], null),
  known('uuid', 'other', "'00000000-0000-0000-0000-000000000000'"),
  known('date', 'time', "'epoch'"),
  known('ltree', 'other', "''"),
  known('timestamp with time zone', 'time', null, ['timestamp with time zone'], 'timestamptz'),
  known('timestamp without time zone', 'time', null, [], null),
  known('jsonb', 'other', null),
];

const names = (types: readonly KnownType[]) => types.flatMap(({ written }) => written ?? []);

/** The types that Tidemark creates, as definitions write them. */
export const COLUMN_TYPES: readonly string[] = names(TYPES);

/** Everything that definitions may write for them. */
export const COLUMN_TYPE_WORDS: readonly string[] = TYPES.flatMap(({ written, aliases }) =>
  written === null ? [] : [written, ...aliases],
);

/** Those of them that a dimension may have. */
export const DIMENSION_TYPES: readonly string[] = names(TYPES.filter(({ zero }) => zero !== null));

/** All types that a dimension may have, as the catalog writes them. */
export const CATALOG_DIMENSION_TYPES: readonly string[] = TYPES.filter(({ zero }) => zero !== null).map(
  ({ catalog }) => catalog,
);

/** Reads `double precision`, `INT4 NOT NULL`; null when the type is not on the list. */
export function parseColumnType(text: string): { readonly type: string; readonly nullable: boolean } | null {
  const words = text.trim().toLowerCase().replace(/\s+/g, ' ');
  const bare = words.replace(/ not null$/, '');
  const found = TYPES.find(
    ({ written, aliases }) => written !== null && (written === bare || aliases.includes(bare)),
  );
  return typeof found?.written === 'string' ? { type: found.written, nullable: bare === words } : null;
}

/** A type of `source.columns` as `format_type` writes it. */
export function catalogType(type: string): string {
  return TYPES.find(({ written }) => written === type)?.catalog ?? type;
}

/** Modifiers such as `(10,2)` do not matter. */
function find(type: string): KnownType | undefined {
  const base = type.replace(/\(.*\)/, '').trim();
  // ltree lives in whatever schema the extension was created in, and format_type qualifies it then.
  const catalog = /\."?ltree"?$/.test(base) ? 'ltree' : base;
  return TYPES.find((candidate) => candidate.catalog === catalog);
}

/** Class of a type as `format_type` writes it. */
export function typeClass(type: string): TypeClass {
  return find(type)?.is ?? 'other';
}

/** Stand-in for NULL in a hashed comparison of this dimension type, or null if the type is no dimension. */
export function dimensionZero(type: string): string | null {
  const zero = find(type)?.zero ?? null;
  return zero === null ? null : `${zero}::${type}`;
}

/**
 * Whether a column of the catalog has a type of `source.columns`. Definitions write no modifiers, so `numeric(12,3)` is
 * `numeric`; types of extensions are qualified by the schema that they were created in.
 */
export function hasType(actual: string, type: string): boolean {
  const bare = actual.replace(/\(.*?\)/, '');
  return bare === catalogType(type) || (type === 'ltree' && /\."?ltree"?$/.test(bare));
}
