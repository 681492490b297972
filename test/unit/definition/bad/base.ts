import type { LocatedError } from '../../../../infra/definition/errors';

/** A valid definition; each case makes one mistake in it. */
export const BASE = `apiVersion: tidemark/v1
name: sales
source:
  table: raw.sales
  time: at
  columns:
    at: timestamptz not null
    shop: text
    price: numeric
    paid: boolean
  partition: { every: 1 month, retention: 2 years }
dimensions: [shop]
measures:
  price: [count, sum]
tiers:
  - every: 1 hour
    retention: 90 days
  - every: 1 day
    timeZone: America/New_York
refresh: { schedule: "*/5 * * * *", lag: 1 minute }
onDelete: retain
`;

export interface BadCase {
  readonly title: string;
  /** Parts of BASE and what stands there instead. */
  readonly change?: readonly (readonly [string, string])[];
  /** The whole file, where no change of BASE will do. */
  readonly text?: string;
  readonly errors: readonly Omit<LocatedError, 'file'>[];
}

/** BASE with parts replaced; a part that is not there is a mistake in the test. */
export function change(changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`not in the base definition: ${from}`);
    return text.replace(from, () => to);
  }, BASE);
}
