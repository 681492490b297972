import { describe, expect, it } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { auditRollup } from '../../../infra/db/audit/audit';
import { installRollup } from '../../helpers/database';
import { createSource, refresh, rollup, tier, useDatabase } from '../../helpers/fixture';

const ZONES: readonly [zone: string, from: string, special: string][] = [
  ['America/New_York', '2023-03-10', 'an hour skipped'],
  ['America/New_York', '2023-11-03', 'an hour twice'],
  ['America/Havana', '2023-11-03', 'midnight twice'],
  ['America/Havana', '2023-03-10', 'midnight skipped'],
  ['Pacific/Apia', '2011-12-28', 'a whole day skipped'],
];

const fixture = useDatabase();

const audit = (name: string) =>
  withConnection({ url: fixture.database.url }, (client) => auditRollup(client, name, { limit: 20 }));

describe('an audit of local days and weeks', () => {
  it.each(ZONES)('of %s from %s: %s', async (zone, from, special) => {
    const { client } = fixture;
    const name = `audited_${zone.split('/')[1]?.toLowerCase()}_${special.replaceAll(' ', '_')}`;
    await createSource(client, name);
    await client.query(
      `insert into raw.${name} select t, nullif((extract(epoch from t)::bigint / 600 % 3)::text, '2'), 1
         from generate_series($1::timestamptz, $1::timestamptz + interval '14 days', interval '10 minutes') t`,
      [`${from} 00:00:00+00`],
    );
    await installRollup(
      client,
      rollup(name, {
        tiers: [tier('1 hour', '1h'), tier('1 day', '1d', zone), tier('1 week', '1w', zone)],
      }),
    );
    const buckets = async (every: string) =>
      client.query<{ rows: number }>(
        `select count(distinct (rollup.time_bucket($1::interval, ts, $2), k is null, k))::integer as rows from raw.${name}`,
        [every, zone],
      );
    const [days, weeks] = [(await buckets('1 day')).rows[0]?.rows, (await buckets('7 days')).rows[0]?.rows];
    const counts = [
      { tier: '1h', differences: 0 },
      { tier: '1d', goldRows: days, sourceRows: days, differences: 0 },
      { tier: '1w', goldRows: weeks, sourceRows: weeks, differences: 0 },
    ];
    expect((await audit(name)).tiers, 'before anything is filled').toMatchObject(counts);
    await refresh(client, name);
    expect((await audit(name)).tiers, 'when it is filled').toMatchObject(counts);

    // Days of the change itself, and NULL keys, are compared as well.
    await client.query(`update silver.${name}_1d set v__n = v__n + 1`);
    expect((await audit(name)).tiers.map((one) => one.differences)).toEqual([0, days, 0]);
  });
});
