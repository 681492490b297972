import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { day } from '../helpers/fixture';
import { bash, MAIN, ROOT, tidemark, useOrders } from './cliRun';

const fixture = useOrders();
const onDatabase = (...args: string[]) => tidemark(args, { TIDEMARK_DATABASE_URL: fixture.database.url });

describe('status', () => {
  it('is a table for people and an object for programs', async () => {
    const text = await onDatabase('status');
    expect(text.stdout).toMatch(/^rollup +status +filled +lag +dirty keys +rows\/hour +refreshed\norders +/);
    const json = await onDatabase('status', '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      status: 'OK',
      rollups: [{ name: 'orders', backfill: 1, dirtyKeys: 0 }],
    });
  });

  it('fails on what --fail-on says, and otherwise not', async () => {
    const set = (attempt: number) =>
      fixture.client.query('update rollup.timeseries_rollup_config set attempt = $1', [attempt]);
    const codes = async () => [
      (await onDatabase('status')).code,
      (await onDatabase('status', '--fail-on', 'warning')).code,
      (await onDatabase('status', '--fail-on', 'alert')).code,
    ];
    expect(await codes()).toEqual([0, 0, 0]);
    await set(1);
    expect(await codes()).toEqual([0, 1, 0]);
    await set(3);
    expect(await codes()).toEqual([0, 1, 1]);
    await set(0);
  });
});

describe('audit', () => {
  it('of an exact rollup ends with 0', async () => {
    const ended = await onDatabase('audit', 'orders');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(
      /^orders against raw.orders, snapshot of .* UTC, no dirty key\n {2}equal {2}gold.orders_1s {2}300 rows/,
    );
    expect(ended.stdout).toMatch(/\nEqual: gold is what the source gives.\n$/);
  });

  it('of one that differs ends with 1, shows which key, and all of it as JSON', async () => {
    await fixture.client.query('update silver.orders_1m set v__n = 61 where bucket = $1', [day(-1)]);
    const text = await onDatabase('audit', '--all');
    expect(text.code).toBe(1);
    expect(text.stdout).toMatch(/DIFFERS {2}gold.orders_1m {2}5 rows, 1 key differs/);
    expect(text.stdout).toMatch(/00:00 UTC {2}a {2}v_count +61 +60\n/);
    expect(text.stdout).toMatch(/\n1 key differs.\n$/);
    const json = await onDatabase('audit', 'orders', '--tier', '1m', '--format', 'json');
    expect(json.code).toBe(1);
    const report = JSON.parse(json.stdout);
    expect(report).toMatchObject({
      equal: false,
      differences: 1,
      rollups: [{ rollup: 'orders', tiers: [{ tier: '1m', goldRows: 5 }] }],
    });
    expect(report.rollups[0].tiers[0].shown[0].columns).toContainEqual({
      name: 'v_count',
      gold: '61',
      source: '60',
    });
  });

  it('of what is not there ends with 1 and names what is', async () => {
    const ended = await onDatabase('audit', 'order');
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toBe(
      'error: There is no rollup "order" in this database.\nhint: The rollups are: orders.\n',
    );
  });

  it('has no colours in a pipe', async () => {
    expect((await onDatabase('audit', 'orders')).stdout).not.toContain('\x1b');
  });
});

describe('a reader that goes away', () => {
  it('ends the program quietly, with the code that it has', async () => {
    const line = `"${process.execPath}" "${MAIN}" audit orders --format json | true; echo "\${PIPESTATUS[0]}"`;
    const ended = await bash(line, { TIDEMARK_DATABASE_URL: fixture.database.url });
    expect(ended).toEqual({ code: 0, stdout: expect.stringMatching(/^[01]\n$/), stderr: '' });
  });
});

describe('validate', () => {
  it('needs no database: 0 for the definitions of this repository, 1 for a folder that is not there', async () => {
    expect(await tidemark(['validate', join(ROOT, 'rollups')])).toMatchObject({ code: 0, stderr: '' });
    expect((await tidemark(['validate', 'nowhere'])).code).toBe(1);
  });
});
