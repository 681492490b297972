import type { QualifiedName, RollupDefinition, TierDefinition } from './definition';

/** Quotes one SQL identifier, whatever it holds. NUL, which no identifier can hold, is refused before this point. */
export function quoteIdent(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
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

/** Every database object that belongs to one rollup, by its quoted and qualified name. */
export function objectNames(definition: RollupDefinition) {
  return {
    source: quoteName(definition.source.table),
    dirty: `rollup.${quoteIdent(`dirty_${definition.name}`)}`,
    late: `rollup.${quoteIdent(`late_${definition.name}`)}`,
    capture: `rollup.${quoteIdent(`capture_${definition.name}`)}`,
    silver: definition.tiers.map((tier) => `silver.${quoteIdent(tierName(definition, tier))}`),
    gold: definition.tiers.map((tier) => `gold.${quoteIdent(tierName(definition, tier))}`),
  } as const;
}

/** Names of the capture triggers on the source and its partitions, unquoted. The name's length limit leaves room. */
export function triggerNames(rollup: string) {
  return {
    insert: `rollup_i_${rollup}`,
    update: `rollup_u_${rollup}`,
    delete: `rollup_d_${rollup}`,
    truncate: `rollup_t_${rollup}`,
    /** By row, on partitioned sources only, for updates that change a row's key. */
    move: `rollup_m_${rollup}`,
  } as const;
}

/** Name of the pg_cron job that refreshes a rollup. */
export function cronJobName(rollup: string): string {
  return `tidemark:${rollup}`;
}
