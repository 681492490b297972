import type { Client } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { installRollup, openClient } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

/** What a tick may risk, because a crash that loses it loses what was built on it too, nothing else may. */
describe('commits that do not wait for the disk', () => {
  const db = useDatabase();

  beforeAll(async () => {
    // `remote_write` stands for whatever a session has chosen: neither the default nor what the tick uses.
    await db.admin.query(
      `create table public.seen (id bigint generated always as identity, what text, setting text);
       grant all on public.seen to public;
       create function public.see() returns trigger language plpgsql as $$
       begin
         insert into public.seen (what, setting) values (tg_table_name, current_setting('synchronous_commit'));
         return null;
       end $$;
       create trigger see after insert or update on rollup.tick for each statement execute function public.see();
       create trigger see after update on rollup.timeseries_rollup_config for each statement execute function public.see();
       create trigger see after insert on rollup.timeseries_error_log for each statement execute function public.see();
       create procedure public.caller(name text) language plpgsql as $$
       begin
         call rollup.perform_rollup(name, p_force => true, p_raise => false);
         insert into public.seen (what, setting) values ('caller', current_setting('synchronous_commit'));
       end $$`,
    );
  });

  async function prepare(name: string): Promise<Client> {
    await createSource(db.client, name);
    await db.client.query(
      `insert into raw.${name} select now() - g * interval '1 second', 'a', g from generate_series(1, 30) g`,
    );
    const session = await openClient(db.database.url);
    await session.query("set synchronous_commit = 'remote_write'");
    return session;
  }
  const seen = async () => {
    const { rows } = await db.client.query<{ pair: string }>(
      `select distinct what || ': ' || setting as pair from public.seen order by 1`,
    );
    await db.client.query('truncate public.seen');
    return rows.map((row) => row.pair);
  };

  it('are those of ticks only: batches, and the session after them, keep what they had', async () => {
    const session = await prepare('several');
    const compiled = await installRollup(db.client, rollup('several'));
    // Several batches, so that a tick follows a batch too.
    await db.client.query(`update rollup.timeseries_rollup_config set batch_span = '1 second'`);
    await db.client.query('truncate public.seen');
    await session.query(`call public.caller('several')`);
    expect(
      await value(db.client, `select count(*)::int from public.seen where what = 'tick'`),
    ).toBeGreaterThan(1);
    expect(await seen()).toEqual([
      'caller: remote_write',
      'tick: off',
      'timeseries_rollup_config: remote_write',
    ]);
    expect(await value(session, `select current_setting('synchronous_commit')`)).toBe('remote_write');
    await expectExact(db.client, compiled);
    await session.end();
  });

  it('do not include what is written down of a failure, nor what a caller does after a refresh that had to stop', async () => {
    const session = await prepare('failing');
    const compiled = await installRollup(db.client, rollup('failing'));
    await db.client.query('alter table silver.failing_1s add constraint no check (false) not valid');
    await db.client.query('truncate public.seen');
    await session.query(`call public.caller('failing')`);
    expect(await seen()).toEqual([
      'caller: remote_write',
      'tick: off',
      'timeseries_error_log: remote_write',
      'timeseries_rollup_config: remote_write',
    ]);
    await db.client.query('alter table silver.failing_1s drop constraint no');
    // Somebody else is at it: the procedure returns right after the tick.
    await db.client.query(`begin; select pg_advisory_xact_lock(rollup.lock_class(), hashtext('failing'))`);
    await session.query(`call public.caller('failing')`);
    await db.client.query('rollback');
    expect(await seen()).toEqual(['caller: remote_write', 'tick: off']);
    await refresh(db.client, 'failing');
    await expectExact(db.client, compiled);
    await session.end();
  });
});
