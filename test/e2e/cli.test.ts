import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, ROOT, tidemark, useOrders } from './cliRun';

const fixture = useOrders();

describe('usage', () => {
  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await tidemark(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints help when asked, and on stderr with code 2 when nothing is asked', async () => {
    const asked = await tidemark(['--help']);
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    for (const command of ['validate', 'status', 'audit', 'drop', 'uninstall', 'local'])
      expect(asked.stdout).toContain(`\n  ${command} `);
    const silent = await tidemark([]);
    expect(silent).toEqual({ code: 2, stdout: '', stderr: asked.stdout });
  });

  it.each([
    [['statsu'], "error: unknown command 'statsu'"],
    [['audit'], 'error: give the name of one rollup, or --all'],
    [['audit', 'orders', '--all'], 'error: give the name of one rollup, or --all'],
    [['audit', 'orders', '--from', 'yesterday'], 'Give a time such as 2026-03-01 or 2026-03-01T06:00:00Z'],
    [['audit', 'orders', '--from', '2026-02-01', '--to', '2026-01-01'], 'error: --from must lie before --to'],
    [['audit', 'orders', '--limit', '-1'], 'Give a whole number'],
    [['audit', 'orders', '--format', 'xml'], 'Allowed choices are text, json.'],
    [['audit', 'orders', '--password', 'x'], "error: unknown option '--password'"],
    [['status', '--url-env', 'A', '--url-file', 'b'], 'cannot be used with option'],
    [['status', '--fail-on', 'ok'], 'Allowed choices are warning, alert.'],
    [['validate', '--strict'], "error: unknown option '--strict'"],
    [['drop'], "error: missing required argument 'rollup'"],
    [['uninstall', 'orders'], "error: too many arguments for 'uninstall'"],
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
    expect(ended.stderr).toMatch(
      /^error: No database is given, and the local PostgreSQL of this directory is not running\..*\nhint: Set TIDEMARK_DATABASE_URL.*\n$/,
    );
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
