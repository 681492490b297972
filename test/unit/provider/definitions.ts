import type { RollupDefinition } from '../../../infra/model/definition';

/** A definition in its normal form, with something of everything that a provider looks at. */
export const SPEC: RollupDefinition = {
  name: 'flight_delays',
  source: {
    table: { schema: 'raw', table: 'Flight "log"' },
    time: 'departed_at',
    columns: [
      { name: 'departed_at', type: 'timestamptz', nullable: false },
      { name: 'delay', type: 'integer', nullable: true },
      { name: 'origin', type: 'text', nullable: true },
    ],
    partition: { every: '1 month', retention: null },
    capture: 'statements',
  },
  dimensions: ['origin'],
  measures: [{ column: 'delay', aggregates: ['count', 'sum'] }],
  tiers: [
    { every: '1 hour', timeZone: null, retention: '90 days', suffix: '1h' },
    { every: '1 day', timeZone: 'America/New_York', retention: null, suffix: '1d' },
  ],
  refresh: { schedule: '*/5 * * * *', lag: '1 minute' },
  onDelete: 'retain',
};

/** A copy without members that are null, which is what may come back from Pulumi. */
export function withoutNulls<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_key, member: unknown) => (member === null ? undefined : member)),
  ) as T;
}
