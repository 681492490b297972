/** `tidemark drop` and `tidemark uninstall`: what they show, what they refuse, and what they do. */
import { describe, expect, it } from 'vitest';
import { applyRollup } from '../../infra/db/rollup/apply';
import { removeRollup } from '../../infra/db/rollup/remove';
import { rollup, value } from '../helpers/fixture';
import { tidemark, useOrders } from './cliRun';

const db = useOrders();
const run = (...args: readonly string[]) => tidemark(args, { DATABASE_URL: db.database.url });
const there = (name: string) => value<boolean>(db.client, 'select to_regclass($1) is not null', [name]);
const NOT_DONE = 'Nothing was changed. To do this, run again with --yes.\n';

describe('tidemark drop', () => {
  it('refuses a rollup that is in service, naming who has deployed it, and one that is not there', async () => {
    const owner = { project: 'p', stack: 's', resource: 'orders' };
    await db.client.query('set search_path = pg_catalog, pg_temp');
    await applyRollup(db.client, rollup('orders'), { schedule: false, ownership: { owner, adopt: false } });
    expect(await run('drop', 'orders', '--yes')).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'error: Rollup "orders" is in service, deployed by p/s, resource orders, so it is not dropped.\n' +
        'hint: Delete its definition file and run pulumi up; that retires it, or drops it with onDelete: drop.\n',
    });
    expect((await run('drop', 'nothing')).stderr).toBe(
      'error: There is no rollup "nothing" in this database.\n',
    );
  });

  it('shows what goes with a retired one, and drops it when told to', async () => {
    await removeRollup(db.client, 'orders', 'retain');
    const shown = await run('drop', 'orders');
    const what =
      'gold.orders_1s, gold.orders_1m, silver.orders_1s, silver.orders_1m go, with all aggregates; raw.orders stays.\n';
    expect(shown).toEqual({ code: 0, stdout: `${what}${NOT_DONE}`, stderr: '' });
    expect(await there('silver.orders_1s')).toBe(true);
    const done = await run('drop', 'orders', '--yes');
    expect(done).toEqual({ code: 0, stdout: `${what}gone: rollup orders\n`, stderr: '' });
    for (const name of ['silver.orders_1s', 'gold.orders_1m', 'rollup.dirty_orders'])
      expect(await there(name)).toBe(false);
    expect(await there('raw.orders')).toBe(true);
  });
});

describe('tidemark uninstall', () => {
  it('shows what goes, what stays and who uses it, and changes nothing', async () => {
    const owner = { project: 'p', stack: 's', resource: 'orders' };
    await applyRollup(db.client, rollup('orders'), { schedule: false, ownership: { owner, adopt: false } });
    await db.client.query(
      `insert into rollup.engine_user (project, stack, resource) values ('p', 's', 'engine')`,
    );
    const { code, stdout, stderr } = await run('uninstall');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^goes\n {2}rollup orders \(deployed by p\/s, resource orders\): gold\.orders_1s, gold\.orders_1m, the capture triggers on raw\.orders, the job tidemark:orders\n {2}the engine: the schema rollup with \d+ tables, \d+ views? and \d+ functions\n/m,
    );
    expect(stdout).toMatch(
      /^stays\n {2}raw\.orders, with its rows and partitions\n {2}silver\.orders_1s, silver\.orders_1m \(\d+ kB\)\n/m,
    );
    expect(stdout).toMatch(/^is used by\n {2}p\/s, resource engine: destroy that stack first/m);
    expect(stdout.endsWith(NOT_DONE)).toBe(true);
    expect(await there('gold.orders_1s')).toBe(true);
  });

  it('names what is in the way, and changes nothing', async () => {
    await db.client.query('create view raw.report as select * from gold.orders_1m');
    const { code, stdout, stderr } = await run('uninstall', '--yes');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^is in the way\n {2}raw\.report$/m);
    expect(stderr).toMatch(
      /^error: Tidemark cannot be uninstalled, because raw\.report depends on .*\nhint: Drop or change it first\.\n$/,
    );
    await db.client.query('drop view raw.report');
    expect(await there('gold.orders_1m')).toBe(true);
  });

  it('takes everything away when told to; then there is nothing to uninstall', async () => {
    const done = await run('uninstall', '--yes');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toMatch(/\ngone: rollup orders\ngone: engine\n$/);
    expect(
      await value(db.client, `select to_regnamespace('rollup') is null and to_regnamespace('gold') is null`),
    ).toBe(true);
    for (const name of ['raw.orders', 'silver.orders_1s']) expect(await there(name)).toBe(true);
    expect(await run('uninstall', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: Tidemark is not installed in this database\.\nhint: /),
    });
  });
});
