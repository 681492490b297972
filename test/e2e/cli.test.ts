import { type SpawnOptions, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installRollup } from '../helpers/database';
import { createSource, day, refresh, rollup, useDatabase } from '../helpers/fixture';

const ROOT = join(__dirname, '../..');
/** The compiled program, as users run it. */
const MAIN = join(ROOT, 'dist', 'infra', 'cli', 'main.js');
const fixture = useDatabase();
const folder = mkdtempSync(join(tmpdir(), 'tidemark-cli-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command in an empty folder, without any variable that names a database. */
function tidemark(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  options: SpawnOptions = {},
): Promise<Ended> {
  const { TIDEMARK_DATABASE_URL: _a, DATABASE_URL: _b, ...rest } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: folder,
      ...options,
      env: { ...rest, ...env },
    });
    const text = { stdout: '', stderr: '' };
    child.stdout?.on('data', (chunk) => (text.stdout += chunk));
    child.stderr?.on('data', (chunk) => (text.stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...text }));
  });
}

const onDatabase = (...args: string[]) => tidemark(args, { TIDEMARK_DATABASE_URL: fixture.database.url });

beforeAll(async () => {
  await createSource(fixture.client, 'orders');
  await fixture.client.query(
    `insert into raw.orders select $1::timestamptz + g * interval '1 s', 'a', g from generate_series(0, 299) g`,
    [day(-1)],
  );
  await installRollup(fixture.client, rollup('orders'));
  await refresh(fixture.client, 'orders');
});

describe('usage', () => {
  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await tidemark(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints help when asked, and on stderr with code 2 when nothing is asked', async () => {
    const asked = await tidemark(['--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    for (const command of ['validate', 'status', 'audit', 'local'])
      expect(asked.stdout).toContain(`\n  ${command} `);
    const silent = await tidemark([]);
    expect(silent).toEqual({ code: 2, stdout: '', stderr: asked.stdout });
  });

  it.each([
    [['statsu'], "error: unknown command 'statsu'"],
    [['audit'], 'error: name one rollup, or give --all'],
    [['audit', 'orders', '--all'], 'error: name one rollup, or give --all'],
    [['audit', 'orders', '--from', 'yesterday'], 'Give a time as 2026-03-01 or 2026-03-01T06:00:00Z'],
    [['audit', 'orders', '--from', '2026-02-01', '--to', '2026-01-01'], 'error: --from must lie before --to'],
    [['audit', 'orders', '--limit', '-1'], 'Give a whole number'],
    [['audit', 'orders', '--format', 'xml'], 'Allowed choices are text, json.'],
    [['audit', 'orders', '--password', 'x'], "error: unknown option '--password'"],
    [['status', '--url-env', 'A', '--url-file', 'b'], 'cannot be used with option'],
    [['status', '--fail-on', 'ok'], 'Allowed choices are warning, alert.'],
    [['validate', '--strict'], "error: unknown option '--strict'"],
    [['local', 'start'], "error: unknown command 'start'"],
  ])('%j is a usage error: code 2, one sentence on stderr', async (args, sentence) => {
    const ended = await tidemark(args);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain(sentence);
    expect(ended.stderr).toMatch(/\nhint: see tidemark --help\n$/);
    expect(ended.stderr.trim().split('\n').length).toBeLessThanOrEqual(3);
  });
});

describe('the database', () => {
  it('must be named, or be the local one', async () => {
    const ended = await tidemark(['status']);
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/^error: No database is named.*\nhint: Set TIDEMARK_DATABASE_URL.*\n$/);
  });

  it('is found by a variable or a file; TIDEMARK_DATABASE_URL goes before DATABASE_URL', async () => {
    const file = join(folder, 'url');
    writeFileSync(file, `${fixture.database.url}\n`);
    const nowhere = 'postgresql://u:secret@127.0.0.1:1/x';
    const found = [
      tidemark(['status', '--url-file', file]),
      tidemark(['status', '--url-env', 'MINE'], {
        MINE: fixture.database.url,
        TIDEMARK_DATABASE_URL: nowhere,
      }),
      tidemark(['status'], { TIDEMARK_DATABASE_URL: fixture.database.url, DATABASE_URL: nowhere }),
      tidemark(['status'], { DATABASE_URL: fixture.database.url }),
    ];
    for (const ended of await Promise.all(found)) expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('that does not answer is one sentence with a hint; --debug adds where it comes from; neither shows a password', async () => {
    const env = { DATABASE_URL: 'postgresql://u:secret@127.0.0.1:1/x' };
    const plain = await tidemark(['status'], env);
    expect(plain.code).toBe(1);
    expect(plain.stderr).toMatch(/^error: No PostgreSQL answers.*\nhint: .*\n$/);
    for (const args of [
      ['--debug', 'status'],
      ['status', '--debug'],
    ]) {
      const debug = await tidemark(args, env);
      expect(debug.code).toBe(1);
      expect(debug.stderr).toMatch(/\n {4}at .*\n/);
      expect(debug.stderr).toContain('caused by');
      expect(debug.stderr).not.toContain('secret');
    }
  });
});

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
  it('ends the program quietly', async () => {
    const line = `"${process.execPath}" "${MAIN}" audit orders --format json | head -c 10; echo " \${PIPESTATUS[0]}"`;
    const ended = await new Promise<Ended>((resolve) => {
      const env = { ...process.env, TIDEMARK_DATABASE_URL: fixture.database.url };
      const child = spawn('bash', ['-c', line], { cwd: folder, env });
      const text = { stdout: '', stderr: '' };
      child.stdout.on('data', (chunk) => (text.stdout += chunk));
      child.stderr.on('data', (chunk) => (text.stderr += chunk));
      child.on('close', (code) => resolve({ code, ...text }));
    });
    expect(ended.stderr).toBe('');
    expect(ended.stdout).toMatch(/^\{\s+"equal" [01]\n$/);
  });
});

describe('validate', () => {
  it('needs no database: 0 for the definitions of this repository, 1 for a folder that is not there', async () => {
    expect(await tidemark(['validate', join(ROOT, 'rollups')])).toMatchObject({ code: 0, stderr: '' });
    expect((await tidemark(['validate', 'nowhere'])).code).toBe(1);
  });
});
