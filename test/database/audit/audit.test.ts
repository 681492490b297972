import { beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { auditRollup } from '../../../infra/db/audit/audit';
import type { AuditDifference, AuditOptions, RollupAudit } from '../../../infra/db/audit/types';
import { installRollup } from '../../helpers/database';
import { createSource, day, refresh, rollup, tier, useDatabase } from '../../helpers/fixture';

const fixture = useDatabase();

/** As the command does it: with a connection of its own. */
const audit = (name: string, options: Partial<AuditOptions> = {}): Promise<RollupAudit> =>
  withConnection({ url: fixture.database.url }, (client) =>
    auditRollup(client, name, { limit: 20, ...options }),
  );

const differences = (result: RollupAudit) => result.tiers.map((one) => [one.tier, one.differences]);
const shown = (result: RollupAudit): readonly AuditDifference[] => result.tiers.flatMap((one) => one.shown);

async function filled(name: string, given: Parameters<typeof rollup>[1] = {}): Promise<void> {
  await createSource(fixture.client, name);
  await fixture.client.query(
    `insert into raw.${name} select $1::timestamptz + g * interval '1 minute', nullif((g % 4)::text, '3'), g / 7.0 - 30
       from generate_series(0, 599) g`,
    [day(-2)],
  );
  await installRollup(
    fixture.client,
    rollup(name, { tiers: [tier('1 minute', '1m'), tier('1 hour', '1h')], ...given }),
  );
  await refresh(fixture.client, name);
}

describe('dimensions with any name', () => {
  // The names that the comparison itself uses, as far as a definition allows them.
  const names = ['source', 'kind', 'gold', 'columns', 'differing', 'g', 'd', 't', 's', 'x', 'key_0', 'rows'];

  it('are compared, and shown by their names', async () => {
    await fixture.client.query(
      `create table raw.named (ts timestamptz not null, v float8, ${names.map((name) => `"${name}" text`).join(', ')})`,
    );
    const insert = (k: string) =>
      fixture.client.query(
        `insert into raw.named values ($1, 1, ${names.map((name) => `'${name}${k}'`).join(', ')})`,
        [day(-1)],
      );
    await insert('');
    await installRollup(
      fixture.client,
      rollup('named', { dimensions: names, tiers: [tier('1 hour', '1h')] }),
    );
    await refresh(fixture.client, 'named');
    expect(differences(await audit('named'))).toEqual([['1h', 0]]);
    await insert('!');
    await refresh(fixture.client, 'named');
    await fixture.client.query(`delete from silver."named_1h" where source = 'source!'`);
    const result = await audit('named');
    expect(differences(result)).toEqual([['1h', 1]]);
    expect(shown(result)[0]).toMatchObject({
      kind: 'missing',
      key: { source: 'source!', kind: 'kind!', gold: 'gold!' },
    });
  });
});

describe('a rollup that is exact', () => {
  beforeAll(() => filled('exact'));

  it('has no difference, and says how many rows were compared', async () => {
    const result = await audit('exact');
    expect(result).toMatchObject({ rollup: 'exact', source: 'raw.exact', pendingKeys: 0 });
    expect(result.tiers).toMatchObject([
      { tier: '1m', view: 'gold.exact_1m', goldRows: 600, sourceRows: 600, differences: 0, exempt: [] },
      { tier: '1h', view: 'gold.exact_1h', goldRows: 40, sourceRows: 40, differences: 0, exempt: [] },
    ]);
  });

  it('has none while changes wait for a refresh', async () => {
    await fixture.client.query('update raw.exact set v = v + 1 where ts < $1 and k is null', [day(-1)]);
    const result = await audit('exact');
    expect(differences(result)).toEqual([
      ['1m', 0],
      ['1h', 0],
    ]);
    expect(result.pendingKeys).toBe(150);
    await refresh(fixture.client, 'exact');
    expect((await audit('exact')).pendingKeys).toBe(0);
  });

  it('compares only the tier and the time asked for, in whole buckets', async () => {
    const from = day(-2).replace('T00:00', 'T01:30');
    const to = day(-2).replace('T00:00', 'T02:30');
    const result = await audit('exact', { tier: '1h', from, to });
    expect(result.tiers).toMatchObject([{ tier: '1h', goldRows: 8, sourceRows: 8 }]);
  });

  it('is audited in a session that may only read', async () => {
    await withConnection({ url: fixture.database.url }, async (client) => {
      await client.query('set default_transaction_read_only = on');
      expect(differences(await auditRollup(client, 'exact', { limit: 1 }))[0]).toEqual(['1m', 0]);
    });
  });

  it('tells each tier as soon as it is done', async () => {
    const told: string[] = [];
    const onTier = ({ tier: suffix }: { tier: string }) => told.push(suffix);
    await audit('exact', { onStart: ({ source }) => told.push(source), onTier });
    expect(told).toEqual(['raw.exact', '1m', '1h']);
  });
});

describe('a rollup that was tampered with', () => {
  beforeAll(() => filled('forged'));

  it('shows the key and both values of a changed column, and only of that', async () => {
    await fixture.client.query(
      `update silver.forged_1m set v__n = v__n + 1 where bucket = $1::timestamptz and k = '0'`,
      [day(-2)],
    );
    const result = await audit('forged');
    expect(differences(result)).toEqual([
      ['1m', 1],
      ['1h', 0],
    ]);
    const [difference] = shown(result);
    expect(difference).toMatchObject({
      kind: 'different',
      key: { bucket: `${day(-2).slice(0, 10)} 00:00:00+00`, k: '0' },
    });
    expect(difference?.columns).toContainEqual({ name: 'v_count', gold: '2', source: '1' });
    expect(difference?.columns.map((column) => column.name)).not.toContain('v_sum');
    await fixture.client.query(`update silver.forged_1m set v__n = 1 where v__n = 2`);
    expect(differences(await audit('forged'))[0]).toEqual(['1m', 0]);
  });

  it('shows rows that are missing and rows that are too many, NULL keys included', async () => {
    await fixture.client.query('delete from silver.forged_1h where bucket = $1 and k is null', [day(-2)]);
    await fixture.client.query(`insert into silver.forged_1h (bucket, k) values ($1, 'ghost')`, [day(-2)]);
    const result = await audit('forged', { tier: '1h' });
    expect(differences(result)).toEqual([['1h', 2]]);
    expect(shown(result).map(({ kind, key }) => [kind, key['k']])).toEqual([
      ['extra', 'ghost'],
      ['missing', null],
    ]);
    await fixture.client.query('select rollup.uncover($1, $2)', ['forged', `{[${day(-3)},${day(0)})}`]);
    await refresh(fixture.client, 'forged');
    expect(differences(await audit('forged', { tier: '1h' }))).toEqual([['1h', 0]]);
  });

  it('shows a key that gold has twice', async () => {
    await fixture.client.query('drop index silver.forged_1h_key');
    await fixture.client.query(
      `insert into silver.forged_1h select * from silver.forged_1h where bucket = $1 and k = '1'`,
      [day(-2)],
    );
    expect(shown(await audit('forged', { tier: '1h' }))).toMatchObject([
      { kind: 'duplicate', key: { k: '1' }, columns: [{ name: 'rows', gold: '2', source: '1' }] },
    ]);
  });

  it('counts every difference and lists no more than asked for', async () => {
    await fixture.client.query('update silver.forged_1m set v__n = v__n + 1');
    const result = await audit('forged', { tier: '1m', limit: 3 });
    expect(result.tiers[0]?.differences).toBe(600);
    expect(shown(result)).toHaveLength(3);
  });
});
