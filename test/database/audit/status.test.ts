import { describe, expect, it } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { readStatus, worstStatus } from '../../../infra/db/status';
import { installRollup } from '../../helpers/database';
import { createSource, day, refresh, rollup, useDatabase } from '../../helpers/fixture';

const fixture = useDatabase();
const status = () => withConnection({ url: fixture.database.url }, readStatus);

describe('status', () => {
  it('is empty, and well, where no rollup is deployed', async () => {
    expect(await status()).toEqual([]);
    expect(worstStatus([])).toBe('OK');
  });

  it('gives lengths of time in seconds and shares from 0 to 1', async () => {
    await createSource(fixture.client, 'fine');
    await fixture.client.query(`insert into raw.fine values ($1, 'a', 1)`, [day(-1)]);
    await installRollup(fixture.client, rollup('fine'));
    expect((await status())[0]).toMatchObject({ backfill: null, lastSuccessAt: null, sinceSuccess: null });
    await refresh(fixture.client, 'fine');
    await fixture.client.query('update raw.fine set v = 2');
    const [one] = await status();
    expect(one).toMatchObject({
      name: 'fine',
      status: 'OK',
      reason: null,
      backfill: 1,
      attempt: 0,
    });
    expect(one?.dirtyKeys).toBeGreaterThan(0);
    expect(one?.sinceSuccess).toBeGreaterThan(0);
    expect(one?.averageDuration).toBeGreaterThan(0);
  });

  it('takes the worst of several', async () => {
    await fixture.client.query(
      `update rollup.timeseries_rollup_config set attempt = 3, next_attempt_at = now() + interval '1 hour' where name = 'fine'`,
    );
    const all = await status();
    expect(all[0]).toMatchObject({ status: 'ALERT', attempt: 3 });
    expect(all[0]?.reason).toContain('3 refreshes failed');
    expect(worstStatus(all)).toBe('ALERT');
  });

  it('says so where there is no engine, and where it is too old to have a monitor', async () => {
    const elsewhere = fixture.database.url.replace(/[^/]*$/, 'postgres');
    await expect(withConnection({ url: elsewhere }, readStatus)).rejects.toThrow(
      'This database does not contain the Tidemark engine.',
    );
    await fixture.client.query('drop view rollup.timeseries_operations_monitor cascade');
    await expect(status()).rejects.toThrow('it is older than this version of tidemark');
  });
});
