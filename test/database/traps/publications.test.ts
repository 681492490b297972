import { describe, expect, it } from 'vitest';
import { removeRollup } from '../../../infra/db/rollup/remove';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, refresh, rollup, tier, useDatabase, value } from '../../helpers/fixture';

describe('a publication of all tables', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);

  it('stops no refresh, no maintenance and no removal', async () => {
    await query(`create table raw.published (id int primary key, ts timestamptz not null, k text, v float8);
      insert into raw.published select g, '${day(-1)}'::timestamptz + g * interval '1 second', 'a', g from generate_series(1, 90) g`);
    await createSource(db.client, 'published_parts', [
      ['old', -4, -3],
      ['new', -3, 1],
    ]);
    await query(
      `alter table raw.published_parts replica identity full; alter table raw.published_parts_old replica identity full;
       alter table raw.published_parts_new replica identity full;
       insert into raw.published_parts select '${day(-4)}'::timestamptz + g * interval '1 hour', 'a', g from generate_series(1, 90) g`,
    );
    const tiers = [tier('1 second', '1s', null, '30 days'), tier('1 minute', '1m')];
    const compiled = [
      await installRollup(db.client, rollup('published', { tiers })),
      await installRollup(db.client, rollup('published_parts', { tiers })),
    ];
    await refresh(db.client, 'published');
    await refresh(db.client, 'published_parts');
    await db.admin.query('create publication everything for all tables');
    await query(
      `update raw.published set v = v + 1 where id < 50; delete from raw.published where id = 60;
       update raw.published_parts set v = v + 1 where v < 50; delete from raw.published_parts where v = 60;
       drop table raw.published_parts_old`,
    );
    await expectExact(db.client, ...compiled);
    await refresh(db.client, 'published');
    await refresh(db.client, 'published_parts');
    await query(`insert into raw.published_parts values ('${day(-2)}', 'late', 1); truncate raw.published`);
    await refresh(db.client, 'published');
    await refresh(db.client, 'published_parts');
    await expectExact(db.client, ...compiled);
    // Partitions that come later, too.
    await query(
      `update partman.part_config set premake = premake + 3 where parent_table like 'silver.published%'`,
    );
    await query('call rollup.maintain_timeseries_tables()');
    expect(
      await value(
        db.client,
        `select coalesce(jsonb_agg(message), '[]') from rollup.timeseries_error_log where rollup like 'published%'`,
      ),
    ).toEqual([]);
    expect(
      await value(
        db.client,
        `select count(*)::integer from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname in ('rollup', 'silver', 'partman') and c.relkind in ('r', 'p') and c.relreplident <> 'f'
            and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
            and c.relname not like 'template%'`,
      ),
    ).toBe(0);
    for (const name of ['published', 'published_parts']) await removeRollup(db.client, name, 'drop');
    await db.admin.query('drop publication everything');
  });
});
