import { describe, expect, it } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { auditRollup } from '../../../infra/db/audit/audit';
import type { RollupAudit } from '../../../infra/db/audit/types';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { installRollup } from '../../helpers/database';
import { createSource, day, refresh, rollup, tier, useDatabase, value } from '../../helpers/fixture';

const fixture = useDatabase();

const audit = (name: string, suffix?: string): Promise<RollupAudit> =>
  withConnection({ url: fixture.database.url }, (client) =>
    auditRollup(client, name, { limit: 20, tier: suffix }),
  );

describe('what cannot be compared', () => {
  it('buckets that a tier no longer keeps are exempt, and the audit says so', async () => {
    await createSource(fixture.client, 'kept');
    await fixture.client.query(`insert into raw.kept values ($1, 'old', 1), ($2, 'new', 2)`, [
      day(-9),
      day(-1),
    ]);
    const tiers = [tier('1 hour', '1h', null, '3 days'), tier('1 day', '1d')];
    // As a deployment does it, since partitions are made too.
    await withConnection({ url: fixture.database.url }, (client) =>
      applyRollup(client, rollup('kept', { tiers }), { schedule: false }),
    );
    await refresh(fixture.client, 'kept');
    const [hours, days] = (await audit('kept')).tiers;
    expect(hours).toMatchObject({ goldRows: 1, sourceRows: 1, differences: 0 });
    expect(hours?.exempt).toEqual([
      expect.stringMatching(/^buckets before .* 00:00:00\+00: this tier keeps 3 days$/),
    ]);
    expect(days).toMatchObject({ goldRows: 2, sourceRows: 2, differences: 0, exempt: [] });
  });

  it('sealed ranges are exempt, and the audit says so', async () => {
    await createSource(fixture.client, 'sealed', [
      ['old', -9, -5],
      ['new', -5, 2],
    ]);
    await fixture.client.query(`insert into raw.sealed values ($1, 'a', 1), ($2, 'b', 2)`, [
      day(-8),
      day(-1),
    ]);
    await installRollup(
      fixture.client,
      rollup('sealed', { tiers: [tier('1 hour', '1h'), tier('1 day', '1d')] }),
    );
    await refresh(fixture.client, 'sealed');
    await fixture.client.query('drop table raw.sealed_old');
    await refresh(fixture.client, 'sealed');
    expect(await value<number>(fixture.client, 'select count(*)::integer from gold.sealed_1d')).toBe(2);
    const result = await audit('sealed', '1d');
    expect(result.tiers).toMatchObject([{ goldRows: 1, sourceRows: 1, differences: 0 }]);
    expect(result.tiers[0]?.exempt).toEqual([
      expect.stringMatching(/ to .*: sealed, the source rows of that time have been dropped$/),
    ]);
  });
});

describe('floating point', () => {
  it('rounding errors of additions in another order are no difference, a wrong value is', async () => {
    await createSource(fixture.client, 'noise');
    // Sums that cancel, and equal values, whose deviation is 0 but for rounding.
    await fixture.client.query(
      `insert into raw.noise select $1::timestamptz + g * interval '1 second', 'cancels', (g % 3 - 1) * 1e15 + 0.1 from generate_series(0, 7199) g
       union all select $1::timestamptz + g * interval '1 second', 'equal', 0.1 from generate_series(0, 7199) g`,
      [day(-1)],
    );
    const tiers = [tier('1 second', '1s'), tier('1 hour', '1h')];
    await installRollup(fixture.client, rollup('noise', { tiers }));
    await refresh(fixture.client, 'noise');
    expect((await audit('noise')).tiers.map((one) => one.differences)).toEqual([0, 0]);
    await fixture.client.query(`update silver.noise_1h set v__sum = v__sum * (1 + 1e-7) where k = 'equal'`);
    const [difference] = (await audit('noise', '1h')).tiers[0]?.shown ?? [];
    expect(difference?.key['k']).toBe('equal');
    expect(difference?.columns.map((column) => column.name)).toEqual(['v_sum', 'v_avg']);
  });

  it('NaN and infinity equal themselves', async () => {
    await createSource(fixture.client, 'odd');
    await fixture.client.query(
      `insert into raw.odd values ($1, 'nan', 'NaN'), ($1, 'inf', 'Infinity'), ($1, 'both', 'Infinity'), ($1, 'both', '-Infinity')`,
      [day(-1)],
    );
    await installRollup(fixture.client, rollup('odd'));
    await refresh(fixture.client, 'odd');
    expect((await audit('odd')).tiers.map((one) => one.differences)).toEqual([0, 0]);
  });
});

describe('what is not there', () => {
  it('a rollup, a tier and an engine are each told in one sentence', async () => {
    await expect(audit('nothing')).rejects.toMatchObject({
      message: 'There is no rollup "nothing" in this database.',
      hint: expect.stringContaining('The rollups are: '),
    });
    await expect(audit('odd', '7m')).rejects.toMatchObject({
      message: 'Rollup "odd" has no tier "7m".',
      hint: 'Its tiers are: 1s, 1m.',
    });
    const elsewhere = fixture.database.url.replace(/[^/]*$/, 'postgres');
    await expect(
      withConnection({ url: elsewhere }, (client) => auditRollup(client, 'x', { limit: 1 })),
    ).rejects.toThrow('This database does not contain the Tidemark engine.');
  });
});
