import { describe, expect, test } from 'vitest';
import { applyRollup, wantedState } from '../../../infra/db/rollup/apply';
import { observeRollup } from '../../../infra/db/rollup/observe';
import { removeRollup } from '../../../infra/db/rollup/remove';
import { createSource, day, refresh, rollup, tier, useDatabase, value } from '../../helpers/fixture';

const db = useDatabase();
const apply = (definition: ReturnType<typeof rollup>) =>
  applyRollup(db.client, definition, { schedule: false });
const row = async (name: string) => {
  const { rows } = await db.client.query(
    `select schedule, lag::text, on_delete, batch_span::text, enabled, attempt, next_attempt_at from rollup.timeseries_rollup_config where name = $1`,
    [name],
  );
  return rows[0];
};
const covered = (name: string) =>
  value<boolean>(
    db.client,
    'select bool_and(not isempty(coverage)) from rollup.timeseries_tier where rollup = $1',
    [name],
  );

describe('configuration rows', () => {
  test('of a new rollup, of a changed one and of a retired one are written alike; what the runtime keeps stays', async () => {
    await createSource(db.client, 'kept');
    await db.client.query(`insert into raw.kept values ($1, 'a', 1)`, [day(-1)]);
    const first = rollup('kept');
    await apply(first);
    expect(await row('kept')).toMatchObject({ batch_span: '00:01:40', enabled: true, attempt: 0 });
    await refresh(db.client, 'kept');
    expect(await covered('kept')).toBe(true);

    // As after two failed refreshes, with batches that grew.
    await db.client.query(
      `update rollup.timeseries_rollup_config set batch_span = '1 hour', attempt = 2, next_attempt_at = now() where name = 'kept'`,
    );
    const changed = {
      ...first,
      refresh: { schedule: '*/5 * * * *', lag: '2 seconds' },
      onDelete: 'drop' as const,
    };
    await apply(changed);
    expect(await row('kept')).toEqual({
      schedule: '*/5 * * * *',
      lag: '00:00:02',
      on_delete: 'drop',
      batch_span: '01:00:00',
      enabled: true,
      attempt: 0,
      next_attempt_at: null,
    });
    expect(await covered('kept')).toBe(true);

    await removeRollup(db.client, 'kept', 'retain');
    expect(await row('kept')).toMatchObject({ enabled: false });
    await apply(first);
    expect(await row('kept')).toMatchObject({ enabled: true, schedule: '* * * * *', on_delete: 'retain' });
    // Nothing captured changes meanwhile.
    expect(await covered('kept')).toBe(false);
  });

  test('measures in another order give gold the same answers in another order', async () => {
    await createSource(db.client, 'turned');
    await db.client.query(`insert into raw.turned values ($1, 'a', 1), ($1, 'a', 2)`, [day(-1)]);
    const first = rollup('turned');
    await apply(first);
    await refresh(db.client, 'turned');
    const turned = { ...first, measures: [...first.measures].reverse() };
    await apply(turned);
    await db.client.query(`insert into raw.turned values ($1, 'a', 4)`, [day(-1)]);
    const answers = () =>
      db.client
        .query('select row_count, v_sum, v_first, v_last from gold.turned_1m')
        .then(({ rows }) => rows);
    const expected = [{ row_count: 3, v_sum: 7, v_first: 1, v_last: 4 }];
    expect(await answers()).toEqual(expected);
    await refresh(db.client, 'turned');
    expect(await answers()).toEqual(expected);
    expect(await covered('turned')).toBe(true);
  });

  test('are read back in the words of the definition, and as they are where somebody changed them', async () => {
    await createSource(db.client, 'said');
    const definition = rollup('said', {
      tiers: [tier('1 second', '1s', null, '2 weeks'), tier('1 week', '1w', 'Europe/Berlin', '1 year')],
      lag: '90 seconds',
    });
    const observed = await apply(definition);
    expect(observed.owned.configuration).toEqual(wantedState(definition).configuration);
    await db.client.query(
      `update rollup.timeseries_tier set retention = '13 days' where rollup = 'said' and ordinal = 0`,
    );
    const changed = await observeRollup(db.client, 'said');
    expect(changed?.owned.configuration.tiers.map(({ every, retention }) => [every, retention])).toEqual([
      ['1 second', '13 days'],
      ['1 week', '1 year'],
    ]);
  });
});
