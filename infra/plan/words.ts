/** How values of a definition are shown to people. */
import type { PartitionDefinition, QualifiedName } from '../model/definition';
import { quoteIdent } from '../model/names';

/** An interval, or `forever`. */
export function retentionText(retention: string | null): string {
  return retention ?? 'forever';
}

/** The same with its retention in words: previews do not show null. */
export function withWords<T extends { readonly retention: string | null }>(
  item: T,
): Omit<T, 'retention'> & { readonly retention: string } {
  return { ...item, retention: retentionText(item.retention) };
}

/** A zone; buckets without one are counted in UTC. */
export function zoneText(timeZone: string | null): string {
  return timeZone ?? 'UTC';
}

/** A name with quotes only where it needs them. */
export function nameText(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quoteIdent(name);
}

/** `raw.flights`, as definitions write it. */
export function tableText({ schema, table }: QualifiedName): string {
  return `${nameText(schema)}.${nameText(table)}`;
}

/** `1 month, kept 2 years`. */
export function partitionText({ every, retention }: PartitionDefinition): string {
  return `${every}, kept ${retentionText(retention)}`;
}
