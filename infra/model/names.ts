import type { QualifiedName, RollupDefinition, TierDefinition } from './definition';

/** Quotes one SQL identifier, whatever it holds. NUL, which no identifier can hold, is refused before this point. */
export function quoteIdent(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A quoted name as people read it: `gold.flights_1d`. */
export function plainName(quoted: string): string {
  return quoted.replaceAll('"', '');
}

/** The name that `quoteIdent` quoted. */
export function unquoteIdent(quoted: string): string {
  return quoted.slice(1, -1).replaceAll('""', '"');
}

/** Quotes a text literal for SQL that must be static, such as a view's body; values at run time are bound instead. */
export function quoteLiteral(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  return text.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted;
}

/** `"schema"."table"`, both parts quoted. */
export function quoteName(name: QualifiedName): string {
  return `${quoteIdent(name.schema)}.${quoteIdent(name.table)}`;
}

/** Name of a tier's table in `silver` and of its view in `gold`, such as `flight_delays_1h`. */
export function tierName(definition: RollupDefinition, tier: TierDefinition): string {
  return `${definition.name}_${tier.suffix}`;
}

/** What a capture trigger fires on; `move` is by row, on partitioned sources only, for updates that change a row's key. */
export const TRIGGER_EVENTS = ['insert', 'update', 'delete', 'truncate', 'move'] as const;
export type TriggerEvent = (typeof TRIGGER_EVENTS)[number];

/**
 * What belongs to one generation of a rollup. Tables, views and functions are qualified and quoted, triggers and the job are
 * bare names. The database's catalogue (`rollup.generation_object`) decides; `proposedNames` is what a new rollup gets.
 */
export interface ObjectNames {
  readonly source: string;
  readonly dirty: string;
  readonly late: string;
  readonly capture: string;
  /** State tables, finest tier first. */
  readonly silver: readonly string[];
  /** Views, finest tier first. */
  readonly gold: readonly string[];
  readonly triggers: Readonly<Partial<Record<TriggerEvent, string>>>;
  readonly job: string;
}

/** Names for a rollup that is not in the database yet. The name's length limit leaves room for prefixes. */
export function proposedNames(definition: RollupDefinition): ObjectNames {
  const { name } = definition;
  const rows = definition.source.capture === 'rows';
  const triggers = { insert: `rollup_i_${name}`, truncate: `rollup_t_${name}` };
  const statements = { update: `rollup_u_${name}`, delete: `rollup_d_${name}`, move: `rollup_m_${name}` };
  return {
    source: quoteName(definition.source.table),
    dirty: `rollup.${quoteIdent(`dirty_${name}`)}`,
    late: `rollup.${quoteIdent(`late_${name}`)}`,
    capture: `rollup.${quoteIdent(`capture_${name}`)}`,
    silver: definition.tiers.map((tier) => `silver.${quoteIdent(tierName(definition, tier))}`),
    gold: definition.tiers.map((tier) => `gold.${quoteIdent(tierName(definition, tier))}`),
    triggers: rows ? triggers : { ...triggers, ...statements },
    job: `tidemark:${name}`,
  };
}

/** One row of the catalogue: what kind of object, which one of its kind, its name. */
export interface ObjectRow {
  readonly kind: 'state' | 'view' | 'dirty' | 'late' | 'capture' | 'trigger' | 'job';
  /** Suffix of the tier, event of the trigger, otherwise empty. */
  readonly part: string;
  readonly name: string;
}

/** The catalogue's rows of these names. */
export function objectRows(definition: RollupDefinition, names: ObjectNames): readonly ObjectRow[] {
  return [
    ...definition.tiers.flatMap((tier, ordinal): ObjectRow[] => [
      { kind: 'state', part: tier.suffix, name: names.silver[ordinal] as string },
      { kind: 'view', part: tier.suffix, name: names.gold[ordinal] as string },
    ]),
    { kind: 'dirty', part: '', name: names.dirty },
    { kind: 'late', part: '', name: names.late },
    { kind: 'capture', part: '', name: names.capture },
    ...Object.entries(names.triggers).map(
      ([event, name]): ObjectRow => ({ kind: 'trigger', part: event, name }),
    ),
    { kind: 'job', part: '', name: names.job },
  ];
}

/** The names that the catalogue holds; what it lacks (a tier that is being added) gets the name that is proposed for it. */
export function namesOf(definition: RollupDefinition, rows: readonly ObjectRow[]): ObjectNames {
  const proposed = objectRows(definition, proposedNames(definition));
  const name = (kind: ObjectRow['kind'], part = ''): string => {
    const isIt = (row: ObjectRow) => row.kind === kind && row.part === part;
    return (rows.find(isIt) ?? (proposed.find(isIt) as ObjectRow)).name;
  };
  const events = TRIGGER_EVENTS.filter((event) =>
    proposed.some((row) => row.kind === 'trigger' && row.part === event),
  );
  return {
    source: quoteName(definition.source.table),
    dirty: name('dirty'),
    late: name('late'),
    capture: name('capture'),
    silver: definition.tiers.map((tier) => name('state', tier.suffix)),
    gold: definition.tiers.map((tier) => name('view', tier.suffix)),
    triggers: Object.fromEntries(events.map((event) => [event, name('trigger', event)])),
    job: name('job'),
  };
}
