import type { Client } from 'pg';
import type { Context, Level } from '../../compile/context';
import { quoteLiteral } from '../../model/names';
import type { Window } from './sql';
import type { AuditOptions } from './types';

/** Which buckets of a tier are compared: those asked for, less what the tier no longer keeps and what the source no longer has. */
export async function comparedWindow(
  client: Client,
  context: Context,
  { bucket, ordinal }: Level,
  sealed: string,
  options: AuditOptions,
): Promise<{ window: Window; exempt: string[] }> {
  const found = await client.query<{
    kept: string | null;
    retention: string | null;
    lower: string | null;
    upper: string | null;
  }>(
    `select nullif(t.retained_from, '-infinity')::text as kept, t.retention::text,
            nullif(greatest(t.retained_from, ${bucket.start('$3::timestamptz')}), '-infinity')::text as lower, (${bucket.ceiling('$4::timestamptz')})::text as upper
       from rollup.timeseries_tier t where t.rollup = $1 and t.ordinal = $2`,
    [context.definition.name, ordinal, options.from ?? null, options.to ?? null],
  );
  const { kept, retention, lower, upper } = found.rows[0] ?? {
    kept: null,
    retention: null,
    lower: null,
    upper: null,
  };
  const exempt: string[] = [];
  if (kept !== null) exempt.push(`buckets before ${kept}: this tier keeps ${retention}`);
  const ranges = await client.query<{ text: string }>(
    `select format('%s to %s', r.lower_at, r.upper_at) as text from rollup.ranges($1::tstzmultirange) r`,
    [sealed],
  );
  exempt.push(
    ...ranges.rows.map(({ text }) => `${text}: sealed, the source rows of that time have been dropped`),
  );
  const bound = (value: string) => `${quoteLiteral(value)}::timestamptz`;
  const window: Window = (time) => [
    ...(lower === null ? [] : [`${time} >= ${bound(lower)}`]),
    ...(upper === null ? [] : [`${time} < ${bound(upper)}`]),
    ...(sealed === '{}' ? [] : [`not ${time} <@ ${quoteLiteral(sealed)}::tstzmultirange`]),
  ];
  return { window, exempt };
}
