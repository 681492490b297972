import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { localCommand } from '../../infra/cli/local';
import {
  type Generation,
  killLocalServer,
  type LocalServer,
  localServerStatus,
  prepareDatabase,
  startLocalServer,
  stopLocalServer,
} from '../../infra/local/postgres/server';

const ROOT = join(__dirname, '..', '..');

async function query<Row extends object>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

/** Arguments of every process of the machine. */
function allArguments(): string {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((entry) => {
      try {
        return readFileSync(`/proc/${entry}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}

async function until(condition: () => Promise<boolean>, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('It did not happen in time.');
    await sleep(250);
  }
}

describe.each<[Generation]>([[15], [18]])('the private PostgreSQL %i', (generation) => {
  let root: string;
  let directory: string;
  let server: LocalServer;
  const start = (): Promise<LocalServer> => startLocalServer({ directory, generation });

  beforeAll(async () => {
    execFileSync('mkdir', ['-p', join(ROOT, '.local', 'test')]);
    // Below .local, so that the other release, where one is needed, is made once for all servers.
    root = mkdtempSync(join(ROOT, '.local', 'test', `local-${generation}-`));
    chmodSync(root, 0o755);
    directory = join(root, 'postgres');
    server = await start();
  });

  afterAll(async () => {
    await stopLocalServer(directory);
    rmSync(root, { recursive: true, force: true });
  });

  it('is the generation asked for, on 127.0.0.1 only', async () => {
    const [row] = await query<{ v: string; l: string; s: string }>(
      server.url,
      "select current_setting('server_version_num') v, current_setting('listen_addresses') l, current_setting('synchronous_commit') s",
    );
    expect(row).toEqual({ v: expect.stringMatching(new RegExp(`^${generation}`)), l: '127.0.0.1', s: 'on' });
    expect(server.generation).toBe(generation);
  });

  it('is started once, however often and by however many it is asked for', async () => {
    const since = (): Promise<Array<{ t: string }>> =>
      query(server.url, 'select pg_postmaster_start_time()::text t');
    const before = await since();
    expect(await Promise.all([start(), start(), start()])).toEqual([server, server, server]);
    expect(await localServerStatus(directory)).toEqual(server);
    expect(await since()).toEqual(before);
  });

  it('gives the engine a role that is no superuser and cannot reach the files of the server', async () => {
    const [role] = await query(
      server.url,
      `select rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls,
              pg_has_role('rds_superuser', 'member') as rds,
              pg_has_role('pg_monitor', 'member') as monitor, pg_has_role('pg_signal_backend', 'member') as signal,
              pg_has_role('pg_read_server_files', 'member') as reads, pg_has_role('pg_write_server_files', 'member') as writes,
              pg_has_role('pg_execute_server_program', 'member') as runs
         from pg_roles where rolname = current_user`,
    );
    expect(role).toEqual({
      rolsuper: false,
      rolcreatedb: true,
      rolcreaterole: true,
      rolreplication: false,
      rolbypassrls: false,
      rds: true,
      monitor: true,
      signal: true,
      reads: false,
      writes: false,
      runs: false,
    });
    await expect(query(server.url, "select pg_read_file('postgresql.conf')")).rejects.toMatchObject({
      code: '42501',
    });
    await expect(query(server.url, "copy (select 1) to program 'true'")).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('lets that role use pg_partman', async () => {
    await query(
      server.url,
      'create schema raw; create table raw.t (at timestamptz not null) partition by range (at)',
    );
    const arguments_ =
      generation === 15
        ? "p_parent_table := 'raw.t', p_control := 'at', p_type := 'native', p_interval := '1 day'"
        : "p_parent_table := 'raw.t', p_control := 'at', p_interval := '1 day'";
    await query(server.url, `select partman.create_parent(${arguments_})`);
    await query(
      server.url,
      "update partman.part_config set retention = '30 days' where parent_table = 'raw.t'",
    );
    await query(server.url, 'call partman.run_maintenance_proc()');
    const [row] = await query<{ n: number }>(
      server.url,
      "select count(*)::int n from pg_inherits where inhparent = 'raw.t'::regclass",
    );
    expect(row?.n).toBeGreaterThan(5);
  });

  it('runs a procedure that commits as a job of that role', async () => {
    await query(server.url, 'create table public.ticks (n int, by_role name)');
    await query(
      server.url,
      `create procedure public.tick() language plpgsql as $$
      begin
        insert into public.ticks values (1, current_user); commit;
        insert into public.ticks values (2, current_user); rollback;
        insert into public.ticks values (3, current_user); commit;
      end $$`,
    );
    const schedule = generation === 15 ? '* * * * *' : '1 second';
    await query(server.url, "select cron.schedule('tick', $1, 'call public.tick()')", [schedule]);
    const details = (): Promise<Array<{ status: string }>> =>
      query(
        server.url,
        "select status from cron.job_run_details where command like '%tick%' and status in ('succeeded', 'failed') limit 1",
      );
    await until(async () => (await details()).length > 0, 250_000);
    await query(server.url, "update cron.job set active = false where jobname = 'tick'");
    await query(server.url, "select cron.unschedule('tick')");
    expect(await details()).toEqual([{ status: 'succeeded' }]);
    expect(await query(server.url, 'select distinct n, by_role from public.ticks order by n')).toEqual([
      { n: 1, by_role: 'tidemark' },
      { n: 3, by_role: 'tidemark' },
    ]);
  });

  it('prepares another database, also twice at once, and refuses pg_cron there', async () => {
    await Promise.all([
      prepareDatabase(server.adminUrl, 'Other "one"'),
      prepareDatabase(server.adminUrl, 'Other "one"'),
    ]);
    const url = new URL(server.url);
    url.pathname = `/${encodeURIComponent('Other "one"')}`;
    const rows = await query<{ extname: string }>(
      url.href,
      'select extname from pg_extension order by extname collate "C"',
    );
    expect(rows.map(({ extname }) => extname)).toEqual([
      'btree_gin',
      'hypopg',
      'ltree',
      'pg_partman',
      'plpgsql',
    ]);
    await expect(prepareDatabase(server.adminUrl, 'Other "one"', { cron: true })).rejects.toThrow(
      'pg_cron cannot be set up in database Other "one": the server\'s cron.database_name is tidemark.',
    );
  });

  it('keeps its passwords in a file of its owner alone, out of arguments and log', () => {
    const state = join(directory, 'server.json');
    expect(statSync(state).mode & 0o777).toBe(0o600);
    expect(statSync(server.dataDirectory).mode & 0o777).toBe(0o700);
    expect(readdirSync(directory).sort()).toEqual(['data', 'server.json', 'server.log']);
    const log = readFileSync(join(directory, 'server.log'), 'utf8');
    for (const url of [server.url, server.adminUrl]) {
      const { password } = new URL(url);
      expect(password).toHaveLength(48);
      expect(readFileSync(state, 'utf8')).toContain(password);
      expect(log).not.toContain(password);
      expect(allArguments()).not.toContain(password);
    }
    expect(log).toContain('ready to accept connections');
  });

  it('recovers from SIGKILL with everything that was committed', async () => {
    await query(server.url, 'create table public.survivors (n int)');
    const writer = new Client({ connectionString: server.url });
    writer.on('error', () => undefined);
    await writer.connect();
    await writer.query('insert into public.survivors values (1)');
    await writer.query('begin');
    await writer.query('insert into public.survivors values (2)');
    await killLocalServer(directory);
    expect(await localServerStatus(directory)).toBeNull();
    expect(allArguments()).not.toContain(`${directory}/data`);
    expect(await start()).toEqual(server);
    expect(await query(server.url, 'select n from public.survivors')).toEqual([{ n: 1 }]);
  });

  it('starts although postmaster.pid names another living process', async () => {
    const pidFile = join(server.dataDirectory, 'postmaster.pid');
    const lines = readFileSync(pidFile, 'utf8').split('\n').slice(1);
    await killLocalServer(directory);
    // Of the server's own account: PostgreSQL takes any such process for a live server.
    const { uid, gid } = statSync(server.dataDirectory);
    const stranger = spawn('sleep', ['60'], process.getuid?.() === 0 ? { uid, gid } : {});
    writeFileSync(pidFile, [String(stranger.pid), ...lines].join('\n'));
    try {
      expect(await start()).toEqual(server);
      expect(stranger.exitCode).toBeNull();
    } finally {
      stranger.kill();
    }
  });

  it('starts although its postmaster alone was killed and children are left', async () => {
    const postmaster = Number.parseInt(
      readFileSync(join(server.dataDirectory, 'postmaster.pid'), 'utf8'),
      10,
    );
    process.kill(postmaster, 'SIGKILL');
    expect(await start()).toEqual(server);
  });

  it('takes another port when somebody took its own, and keeps the old one otherwise', async () => {
    await stopLocalServer(directory);
    expect(existsSync(join(server.dataDirectory, 'postmaster.pid'))).toBe(false);
    await stopLocalServer(directory);
    expect((await start()).port).toBe(server.port);
    await stopLocalServer(directory);
    const squatter = createServer().listen(server.port, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    try {
      const moved = await start();
      expect(moved.port).not.toBe(server.port);
      expect(await query(moved.url, 'select n from public.survivors')).toEqual([{ n: 1 }]);
      server = moved;
    } finally {
      squatter.close();
    }
  });

  it('applies settings at the next start', async () => {
    await stopLocalServer(directory);
    server = await startLocalServer({
      directory,
      generation,
      settings: { max_connections: '77', 'tidemark.note': "it's" },
    });
    const [row] = await query(
      server.url,
      "select current_setting('max_connections') m, current_setting('tidemark.note') n",
    );
    expect(row).toEqual({ m: '77', n: "it's" });
  });

  it('refuses a directory that holds another generation', async () => {
    const other: Generation = generation === 15 ? 18 : 15;
    await expect(startLocalServer({ directory, generation: other })).rejects.toThrow(
      `${directory} holds a PostgreSQL ${generation}, not ${other}.`,
    );
  });

  it('repairs a start that was interrupted at any moment', async () => {
    const script = join(root, 'start.cjs');
    const compiled = join(root, 'compiled');
    await promisify(execFile)(process.execPath, [join(ROOT, 'tools', 'transpile.mjs'), compiled, 'infra']);
    const other = join(root, 'interrupted');
    writeFileSync(
      script,
      `require(${JSON.stringify(join(compiled, 'infra', 'local', 'postgres', 'server.js'))})
      .startLocalServer({ directory: ${JSON.stringify(other)}, generation: ${generation} })`,
    );
    for (const milliseconds of [250, 600, 1000, 1500]) {
      const starter = spawn(process.execPath, [script], { stdio: 'ignore' });
      await sleep(milliseconds);
      starter.kill('SIGKILL');
      await killLocalServer(other);
    }
    // As an initdb does that outlives its starter.
    mkdirSync(join(other, 'data.partial-orphan'), { recursive: true });
    const orphan = spawn(
      '/bin/sh',
      [
        '-c',
        'i=0; while touch "$0/$i"; do i=$((i+1)); sleep 0.001; done',
        join(other, 'data.partial-orphan'),
      ],
      { stdio: 'ignore' },
    );
    const started = await startLocalServer({ directory: other, generation });
    expect(await query(started.url, 'select 1 as one')).toEqual([{ one: 1 }]);
    orphan.kill();
    // Once nobody writes there any more, a start leaves nothing but the server.
    await until(async () => {
      await stopLocalServer(other);
      await startLocalServer({ directory: other, generation });
      return readdirSync(other).sort().join() === 'data,server.json,server.log';
    }, 60_000);
    await stopLocalServer(other);
  });
});

describe.skipIf(process.getuid?.() !== 0)('as root, below a directory that other users cannot pass', () => {
  it('keeps the data outside, and starts over when the directory is removed', async () => {
    const closed = mkdtempSync(join(ROOT, '.local', 'test', 'closed-'));
    const directory = join(closed, 'postgres');
    let outside = '';
    try {
      const first = await startLocalServer({ directory });
      outside = dirname(first.dataDirectory);
      expect(outside.startsWith(closed)).toBe(false);
      expect(statSync(first.dataDirectory).mode & 0o777).toBe(0o700);
      rmSync(directory, { recursive: true });
      const second = await startLocalServer({ directory });
      expect(second.url).not.toBe(first.url);
      expect(await query(second.url, 'select 1 as one')).toEqual([{ one: 1 }]);
      await stopLocalServer(directory);
    } finally {
      rmSync(closed, { recursive: true, force: true });
      if (outside !== '') rmSync(outside, { recursive: true, force: true });
    }
  });
});

describe('tidemark local', () => {
  it('brings a server up, prints its URL and nothing else, and takes it down', async () => {
    const before = process.cwd();
    const root = mkdtempSync(join(ROOT, '.local', 'test', 'command-'));
    chmodSync(root, 0o755);
    const printed: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    process.chdir(root);
    try {
      await localCommand().parseAsync(['up'], { from: 'user' });
      await localCommand().parseAsync(['url'], { from: 'user' });
      await localCommand().parseAsync(['url', '--admin'], { from: 'user' });
      const file = join(root, '.local', 'postgres', 'url');
      expect(readFileSync(file, 'utf8'), 'where Pulumi.dev.yaml finds it').toBe(`${printed[0]}\n`);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const roles = await Promise.all(
        printed.map((url) => query<{ r: string }>(url, 'select current_user r')),
      );
      expect(roles.map(([row]) => row?.r)).toEqual(['tidemark', 'rdsadmin']);
      await localCommand().parseAsync(['down'], { from: 'user' });
      await expect(localCommand().parseAsync(['url'], { from: 'user' })).rejects.toThrow(
        'The local PostgreSQL is not running.',
      );
    } finally {
      await stopLocalServer(join(root, '.local', 'postgres'));
      process.chdir(before);
      log.mockRestore();
      error.mockRestore();
      rmSync(root, { recursive: true, force: true });
    }
  });

  it('refuses a generation that is not supported', async () => {
    const command = localCommand().exitOverride();
    for (const sub of command.commands) sub.exitOverride().configureOutput({ writeErr: () => undefined });
    await expect(command.parseAsync(['up', '--generation', '14'], { from: 'user' })).rejects.toThrow(
      'Allowed are 15, 16, 17 and 18.',
    );
  });
});
