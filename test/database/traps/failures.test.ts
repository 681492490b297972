import { describe, expect, it } from 'vitest';
import { installRollup, openClient } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

describe('refreshes that fail or meet others', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);

  async function prepare(name: string) {
    await createSource(db.client, name);
    await query(
      `insert into raw.${name} select now() - g * interval '10 seconds', 'a', g from generate_series(1, 20) g`,
    );
    return installRollup(db.client, rollup(name));
  }

  it('are logged, wait 5 minutes x 2^n and at most 6 hours, leave others alone, and end with the next success', async () => {
    const compiled = await prepare('failing');
    await prepare('healthy');
    await refresh(db.client, 'failing');
    await query(`insert into raw.failing values (now() - interval '1 minute', 'late', 1)`);
    await query(`alter table silver.failing_1m add constraint broken check (k <> 'late')`);
    const delays: number[] = [];
    for (let attempt = 1; attempt <= 9; attempt++) {
      await expect(query(`call rollup.perform_rollup('failing', true)`)).rejects.toThrow(
        /rollup failing failed: .*broken/,
      );
      delays.push(
        await value<number>(
          db.client,
          `select round(extract(epoch from c.next_attempt_at - e.occurred_at) / 60)::integer
             from rollup.timeseries_rollup_config c join rollup.timeseries_error_log e on e.rollup = c.name and e.attempt = c.attempt
            where c.name = 'failing'`,
        ),
      );
      await expectExact(db.client, compiled);
    }
    expect(delays).toEqual([5, 10, 20, 40, 80, 160, 320, 360, 360]);
    const { rows } = await query(
      `select sqlstate, attempt, explanation, message from rollup.timeseries_error_log where rollup = 'failing' order by id`,
    );
    expect(rows.length).toBe(9);
    expect(rows[2]).toMatchObject({
      sqlstate: '23514',
      attempt: 3,
      explanation: expect.stringMatching(/5 minutes x 2\^2/),
      message: expect.stringMatching(/broken/),
    });
    // Not forced: it waits, quietly.
    await query(`call rollup.perform_rollup('failing')`);
    expect(
      await value(
        db.client,
        `select count(*)::integer from rollup.timeseries_error_log where rollup = 'failing'`,
      ),
    ).toBe(9);
    await query(`call rollup.perform_rollup('healthy')`);
    expect(
      await value(
        db.client,
        `select attempt = 0 and last_success_at is not null from rollup.timeseries_rollup_config where name = 'healthy'`,
      ),
    ).toBe(true);
    await query(`alter table silver.failing_1m drop constraint broken`);
    await refresh(db.client, 'failing');
    expect(
      await value(
        db.client,
        `select attempt = 0 and next_attempt_at is null from rollup.timeseries_rollup_config where name = 'failing'`,
      ),
    ).toBe(true);
    expect(await value(db.client, `select count(*)::integer from silver.failing_1m where k = 'late'`)).toBe(
      1,
    );
    await expectExact(db.client, compiled);
  });

  it('a second refresh of the same rollup returns at once with a notice', async () => {
    await prepare('twice');
    const other = await openClient(db.database.url);
    await other.query(`begin; select pg_advisory_xact_lock(rollup.lock_class(), hashtext('twice'))`);
    const notices: string[] = [];
    const listener = await openClient(db.database.url);
    listener.on('notice', (notice) => notices.push(notice.message ?? ''));
    await listener.query(`call rollup.perform_rollup('twice')`);
    expect(notices).toEqual(['rollup twice is being refreshed or changed by another session']);
    expect(
      await value(
        db.client,
        `select last_success_at is null from rollup.timeseries_rollup_config where name = 'twice'`,
      ),
    ).toBe(true);
    await Promise.all([other.end(), listener.end()]);
  });

  it.each(['repeatable read', 'serializable'])(
    'a refresh inside a %s transaction is refused',
    async (level) => {
      const name = `strict_${level.slice(0, 6)}`;
      await prepare(name);
      await query(`begin isolation level ${level}`);
      await expect(query(`select rollup.refresh_batch('${name}')`)).rejects.toThrow(
        /must run in a READ COMMITTED transaction/,
      );
    },
  );

  it.each(['repeatable read', 'serializable'])('works in a database whose default is %s', async (level) => {
    const name = `default_${level.slice(0, 6)}`;
    const compiled = await prepare(name);
    await db.admin.query(`alter database ${db.database.name} set default_transaction_isolation = '${level}'`);
    try {
      const client = await openClient(db.database.url);
      for (let round = 0; round < 3; round++) {
        await client.query(
          `insert into raw.${name} select clock_timestamp() - g * interval '20 seconds', 'b', g from generate_series(1, 5) g`,
        );
        await client.query(`call rollup.perform_rollup('${name}', true)`);
        await expectExact(client, compiled);
      }
      await client.query(
        `update rollup.timeseries_rollup_config set next_attempt_at = now(), last_success_at = null where name = '${name}'`,
      );
      await client.query('call rollup.handle_rollup_retries()');
      expect(
        await value(
          client,
          `select last_success_at is not null from rollup.timeseries_rollup_config where name = '${name}'`,
        ),
      ).toBe(true);
      await client.query('call rollup.maintain_timeseries_tables()');
      await expectExact(client, compiled);
      await client.end();
    } finally {
      await db.admin.query(`alter database ${db.database.name} reset default_transaction_isolation`);
    }
    expect(
      await value(
        db.client,
        `select count(*)::integer from rollup.timeseries_error_log where rollup = '${name}'`,
      ),
    ).toBe(0);
    expect(
      await value(db.client, `select count(*)::integer from silver.${name}_1s where k = 'b'`),
    ).toBeGreaterThan(0);
  });

  it('an unknown rollup is named, with those that there are', async () => {
    await expect(query(`call rollup.perform_rollup('nobody')`)).rejects.toThrow(
      /rollup "nobody" is not configured/,
    );
  });
});
