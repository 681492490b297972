import { describe, expect, it } from 'vitest';
import { expectExact } from '../../helpers/exact';
import { useDatabase } from '../../helpers/fixture';
import {
  createPartitionedSource,
  definition,
  deploy,
  EXACT,
  lines,
  maintain,
  SETTLED,
  value,
} from './support';

const db = useDatabase();

const days = `select ${EXACT} from gold.m_1d where bucket < '${SETTLED}'`;
const expired = () => value<number>(db.client, `select count(*) from rollup.expired_partitions('raw.src')`);
const errors = async () =>
  (await db.client.query('select rollup, message, detail, hint from rollup.timeseries_error_log')).rows;
const monitored = () =>
  value<string>(db.client, `select reason from rollup.timeseries_operations_monitor where name = 'm'`);

describe('retention of a source that something depends on', () => {
  it('drops what no row references, keeps the rest, and says in a sentence which table references it', async () => {
    await createPartitionedSource(db.client);
    await db.client.query(
      `alter table raw.src add unique (ts);
       create table raw.note (ts timestamptz references raw.src (ts) on delete cascade);
       insert into raw.note select min(ts) from raw.src where ts > date_trunc('month', now() - interval '5 months')`,
    );
    const compiled = await deploy(db.client, definition({ retention: '3 months' }));
    const gold = await lines(db.client, days);
    const had = await expired();
    await maintain(db.client);
    const kept = await expired();
    expect(kept).toBeLessThan(had);
    expect(kept).toBeGreaterThan(0);
    const [error, ...others] = await errors();
    expect(others).toEqual([]);
    expect(error).toMatchObject({
      message: expect.stringMatching(
        /^partition raw\.\S+ is past its retention and kept, because rows of raw\.note still reference its rows$/,
      ),
      hint: 'Delete those rows of raw.note, or drop its foreign key.',
    });
    expect(await monitored()).toMatch(/^maintenance: partition .* reference its rows$/);
    expect(await value(db.client, 'select count(*) from raw.note')).toBe(1);
    expect(await lines(db.client, days)).toEqual(gold);
    await expectExact(db.client, compiled);

    await db.client.query('delete from raw.note');
    await maintain(db.client);
    expect(await expired()).toBe(0);
    expect(await lines(db.client, days)).toEqual(gold);
    await expectExact(db.client, compiled);
    // The key is there still, and holds for what is left.
    await expect(
      db.client.query(`insert into raw.note values (now() - interval '8 months')`),
    ).rejects.toThrow(/foreign key/);
  });

  it('does not write the stack of pg_partman into the monitor', async () => {
    await createPartitionedSource(db.client, 'seen');
    const oldest = await value<string>(
      db.client,
      `select relid::text from pg_partition_tree('raw.seen') where isleaf and relid::text like '%\\_p%' order by 1 limit 1`,
    );
    await deploy(db.client, definition({ name: 'seen', table: 'seen', retention: '3 months' }));
    await db.client.query(`create view raw.watched as select * from ${oldest}`);
    await maintain(db.client);
    const [error] = (await errors()).filter((row) => row.rollup === 'seen');
    expect(error).toMatchObject({
      message: expect.stringMatching(/^expired partitions of raw\.seen: cannot drop table .*depend on it$/),
      detail: expect.stringMatching(/^view raw\.watched depends on table/),
    });
  });
});
