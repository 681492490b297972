/** So rarely that no job runs during the test. */
const NEVER = '"0 0 1 1 *"';
export const ROWS = `select now() - n * interval '7 minutes', 'd' || n % 3, n from generate_series(1, 600) n`;

/** Creates its source, with partitions; so does its finest tier. */
export const alpha = (
  more: { dimensions?: string; kept?: string; lag?: string; schedule?: string; measures?: string } = {},
) => `
apiVersion: tidemark/v1
name: alpha
source:
  table: raw.alpha
  time: at
  columns: { at: timestamptz not null, device: text, site: text, value: integer }
  partition: { every: 1 month, retention: 1 year }
dimensions: ${more.dimensions ?? '[device]'}
measures: { value: ${more.measures ?? '[count, sum, max]'} }
tiers:
  - { every: 1 hour, retention: ${more.kept ?? '90 days'} }
  - { every: 1 day, timeZone: Europe/Berlin }
refresh: { schedule: ${more.schedule ?? NEVER}, lag: ${more.lag ?? '1 minute'} }
`;

/** Two rollups of one table that is there already. */
export const shared = (name: string, onDelete: string) => `
apiVersion: tidemark/v1
name: ${name}
source: { table: raw.beta, time: at }
dimensions: [device]
measures: { value: [sum] }
tiers: [{ every: 1 hour }]
refresh: { schedule: ${NEVER} }
onDelete: ${onDelete}
`;
