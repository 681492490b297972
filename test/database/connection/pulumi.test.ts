import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { platform, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostConnection } from '../../../infra/connection/connection';
import { processTree } from '../../helpers/kill';
import { type StandInSsm, startSsm, TOKEN } from '../../helpers/ssm';
import { useSecureServer } from './secureServer';

const DIST = join(__dirname, '../../../dist/infra');
/** Of util-linux: runs a command at a terminal. */
const SCRIPT = '/usr/bin/script';
const MODULES = join(__dirname, '../../../node_modules');
const PACKAGE = JSON.parse(readFileSync(join(MODULES, 'pulumi/package.json'), 'utf8')) as { version: string };
const HOST = 'db.c1x2.eu-central-1.rds.amazonaws.com';
const INSTANCE = 'i-0123456789abcdef0';
const secure = useSecureServer('pulumi');
let ssm: StandInSsm;
let bin = '';

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The stand-in for the CLI: module text that is run with its arguments in `args`, `connection` and `module`. */
function standIn(text: string, program = join(bin, 'pulumi')): void {
  writeFileSync(
    program,
    `#!${process.execPath}
const args = process.argv.slice(2);
const connection = ${JSON.stringify(connection())};
const module_ = (name) => require(${JSON.stringify(DIST)} + '/' + name);
const { SocksClient } = require(${JSON.stringify(join(DIST, '../../node_modules/socks'))});
const { Client } = require(${JSON.stringify(join(DIST, '../../node_modules/pg'))});
const proxied = async (host, port) => {
  const { hostname, port: at, username, password } = new URL(process.env.ALL_PROXY);
  const { socket } = await SocksClient.createConnection({
    command: 'connect', destination: { host, port }, timeout: 20000,
    proxy: { type: 5, host: hostname, port: Number(at), userId: username, password },
  });
  return socket;
};
/** As Pulumi's PostgreSQL provider does: by proxy, verifying the name that it was given. */
const viaProxy = async () => {
  const socket = await proxied(connection.host, 5432);
  socket.connect = () => process.nextTick(() => socket.emit('connect'));
  const ssl = { ca: require('node:fs').readFileSync(connection.caFile) };
  const { database, user, host } = connection;
  const client = new Client({ host, database, user, password: process.env.PW, ssl, stream: () => socket });
  await client.connect();
  const { rows } = await client.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
  await client.end();
  return rows[0].ssl;
};
const main = async () => { ${text} };
main().catch((error) => { console.error(error.message); process.exitCode = 1; });
`,
  );
  chmodSync(program, 0o755);
}

const connection = (): HostConnection => ({
  host: HOST,
  database: secure.server.database,
  user: 'tidemark',
  passwordEnv: 'PW',
  caFile: secure.authority.caFile,
  tunnel: { ssm: { instance: INSTANCE } },
});

/** @param detached In a process group of its own, as a shell starts it. */
function start(args: readonly string[], env: NodeJS.ProcessEnv = {}, detached = false) {
  return startAs([process.execPath, join(DIST, 'cli/main.js'), 'pulumi', ...args], env, detached);
}

/** At a terminal of its own, where what is written to its standard input is typed. */
function startAtTerminal(args: readonly string[]) {
  const command = ['exec', process.execPath, join(DIST, 'cli/main.js'), 'pulumi', ...args].join(' ');
  return startAs([SCRIPT, '-qec', command, '/dev/null'], {}, true);
}

function startAs([program = '', ...args]: readonly string[], env: NodeJS.ProcessEnv, detached: boolean) {
  const child = spawn(program, args, {
    detached,
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${ssm.bin}${delimiter}${process.env['PATH']}`,
      AWS_ENDPOINT_URL_SSM: ssm.endpoint,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'hunter2-key',
      PW: secure.password,
      ...env,
    },
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString('utf8');
  });
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code) => resolve({ code, ...text }));
  });
  return { child, ended, text };
}
async function run(args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  const ended = await start(args, env).ended;
  expect(ended.stdout + ended.stderr).not.toContain(TOKEN);
  expect(ended.stdout + ended.stderr).not.toContain(secure.password);
  return ended;
}

/** Ends half a second after a signal, and needs the tunnel for that. */
const ENDS_IN_GOOD_ORDER = `
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => setTimeout(async () => {
    console.log(await viaProxy());
    process.exit(5);
  }, 500));
  await viaProxy();
  console.log('ready');
  setInterval(() => undefined, 1000);`;

async function said(text: { readonly stdout: string }, word: string): Promise<void> {
  while (!text.stdout.includes(word)) await sleep(50);
}

async function gone(pid: number): Promise<void> {
  for (let tries = 0; existsSync(`/proc/${pid}`) && tries < 600; tries += 1) await sleep(100);
  expect(existsSync(`/proc/${pid}`)).toBe(false);
}

beforeAll(async () => {
  bin = join(secure.folder, 'pulumi');
  mkdirSync(bin);
  ssm = await startSsm(secure.folder, secure.server.port);
  await secure.present(secure.authority, HOST);
});
afterAll(() => ssm?.stop());

describe('tidemark pulumi', () => {
  it('hands on arguments and exit code, and options after --', async () => {
    standIn('console.log(JSON.stringify(args)); process.exitCode = 7;');
    expect(await run(['up', '--yes', '-s', 'prod'])).toMatchObject({
      code: 7,
      stdout: '["up","--yes","-s","prod"]\n',
      stderr: '',
    });
    expect((await run(['--help'])).stdout).toContain('--tunnel-instance <id>');
    expect(await run(['--', 'up', '--debug', '--help'])).toMatchObject({
      stdout: '["up","--debug","--help"]\n',
    });
  });

  it('leads a program to the database behind the tunnel that the option names', async () => {
    const before = ssm.runs().length;
    standIn('console.log(await viaProxy(), await viaProxy());');
    expect(await run(['up', '--tunnel-instance', INSTANCE])).toMatchObject({
      code: 0,
      stdout: 'true true\n',
    });
    expect(ssm.runs().length).toBe(before + 1);
    expect(ssm.runs().at(-1)?.cmdline).not.toContain(TOKEN);
    await gone(ssm.runs().at(-1)?.pid ?? 0);
  });

  it('learns of a database that the run itself makes, and lets our own connections share the tunnel', async () => {
    const before = ssm.runs().length;
    standIn(`
      const { withConnection } = module_('connection/connect.js');
      const ssl = 'select ssl from pg_stat_ssl where pid = pg_backend_pid()';
      console.log((await withConnection(connection, (client) => client.query(ssl))).rows[0].ssl);
      console.log(await viaProxy());`);
    expect(await run(['up'])).toMatchObject({ code: 0, stdout: 'true\ntrue\n', stderr: '' });
    expect(ssm.runs().length).toBe(before + 1);
  });

  it('learns it from the program before any provider connects', async () => {
    standIn(`
      const { announcedHost } = module_('provider/announce.js');
      announcedHost(connection).apply(async () => console.log(await viaProxy()));`);
    expect(await run(['up'])).toMatchObject({ code: 0, stdout: 'true\n', stderr: '' });
  });

  it('takes the tunnel of the stack’s last run', async () => {
    standIn(`
      if (args[0] !== 'stack') return console.log(await viaProxy());
      console.log(JSON.stringify(args.slice(3)) === '["--json","-s","prod"]' ? JSON.stringify(connection) : '');`);
    expect(await run(['refresh', '-s', 'prod'])).toMatchObject({ code: 0, stdout: 'true\n', stderr: '' });
  });

  it('asks for it again where the stack could not tell, and says why it could not', async () => {
    standIn(`
      const marker = ${JSON.stringify(join(secure.folder, 'asked'))};
      const { existsSync, writeFileSync } = require('node:fs');
      if (args[0] !== 'stack') {
        await viaProxy().catch(() => undefined);
        return console.log(await viaProxy());
      }
      if (existsSync(marker)) return console.log(JSON.stringify(connection));
      writeFileSync(marker, '');
      console.error('first\\nerror: postgres://me:hunter2@state/x is locked\\n');
      process.exitCode = 255;`);
    expect(await run(['refresh'])).toMatchObject({
      code: 0,
      stdout: 'true\n',
      stderr: expect.stringMatching(
        /^warning: `pulumi stack output connection` failed: error: postgres:\/\/…@state\/x is locked\n/,
      ) as string,
    });
  });

  it('leaves nothing behind where the connection that is named is missing', async () => {
    const TMPDIR = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
    const { code, stderr } = await run(['up', '--connection', 'missing.json'], { TMPDIR });
    expect(code).toBe(1);
    expect(stderr).toContain('missing.json cannot be read.');
    expect(readdirSync(TMPDIR)).toEqual([]);
    rmSync(TMPDIR, { recursive: true });
  });

  it('lets nobody else of this machine into the tunnel', async () => {
    standIn(`
      const url = new URL(process.env.ALL_PROXY);
      console.log(url.protocol, url.hostname);
      url.password = 'guessed';
      process.env.ALL_PROXY = url.href;
      await viaProxy();`);
    const before = ssm.runs().length;
    expect(await run(['up', '--tunnel-instance', INSTANCE])).toMatchObject({
      code: 1,
      stdout: 'socks5: 127.0.0.1\n',
    });
    expect(ssm.runs().length).toBe(before);
  });

  it('tells once why a tunnel does not open, and leaves nothing behind', async () => {
    standIn('for (const _ of [1, 2]) await viaProxy().catch((error) => console.log(error.message));');
    ssm.refuse('AccessDeniedException');
    // A folder of its own for what is temporary: others of this machine may be running Tidemark just now.
    const TMPDIR = mkdtempSync(join(tmpdir(), 'tidemark-test-'));
    const { code, stderr } = await run(['up', '--tunnel-instance', INSTANCE], { TMPDIR });
    ssm.refuse(undefined);
    expect(code).toBe(0);
    expect(
      stderr.match(/ssm:StartSession for the instance \S+ in eu-central-1 failed: access is denied\./g),
    ).toHaveLength(1);
    expect(readdirSync(TMPDIR).filter((name) => name.startsWith('tidemark-pulumi-'))).toEqual([]);
    rmSync(TMPDIR, { recursive: true });
  });

  it('says what is missing where there is no pulumi', async () => {
    const { code, stderr } = await run(['up'], { PATH: join(secure.folder, 'nothing') });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: pulumi cannot be run: it is not on PATH\.\nhint: Install it/);
  });

  it('says so where pulumi is there and cannot be run', async () => {
    const folder = join(secure.folder, 'locked');
    mkdirSync(folder);
    writeFileSync(join(folder, 'pulumi'), '', { mode: 0o644 });
    const { code, stderr } = await run(['up'], { PATH: folder });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: pulumi cannot be run \(EACCES\)\.\n/);
  });

  it('warns where the environment leads past the tunnel', async () => {
    standIn('');
    const { stderr } = await run(['up'], {
      NO_PROXY: 'localhost, *.amazonaws.com',
      ALL_PROXY: 'http://proxy',
    });
    expect(stderr).toMatch(
      /^warning: ALL_PROXY is set, but this run replaces it.*\nwarning: NO_PROXY contains \*\.amazonaws\.com, so /,
    );
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'keeps the tunnel until Pulumi has ended in good order after %s',
    async (signal) => {
      const before = ssm.runs().length;
      standIn(ENDS_IN_GOOD_ORDER);
      const { child, ended, text } = start(['up', '--tunnel-instance', INSTANCE], {}, true);
      await said(text, 'ready');
      // A terminal's Ctrl-C goes to the whole group, what else ends a program to itself alone.
      process.kill(signal === 'SIGINT' ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
      expect(await ended).toMatchObject({ code: 5, stdout: 'ready\ntrue\n', stderr: '' });
      expect(ssm.runs().length).toBe(before + 1);
      await gone(ssm.runs().at(-1)?.pid ?? 0);
    },
  );

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'keeps the tunnel until Pulumi has ended where the npm package, which dies of %s, stands for it',
    async (signal) => {
      const PULUMI_HOME = join(secure.folder, 'home');
      const cli = join(PULUMI_HOME, 'versions', PACKAGE.version, 'bin');
      mkdirSync(cli, { recursive: true });
      standIn(ENDS_IN_GOOD_ORDER, join(cli, 'pulumi'));
      const PATH = [join(MODULES, '.bin'), ssm.bin, process.env['PATH']].join(delimiter);
      const options = ['--tunnel-instance', INSTANCE];
      const { child, ended, text } = start(['up', ...options], { PATH, PULUMI_HOME }, true);
      await said(text, 'ready');
      process.kill(signal === 'SIGINT' ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
      expect(await ended).toMatchObject({ code: 5, stdout: 'ready\ntrue\n', stderr: '' });
      await gone(ssm.runs().at(-1)?.pid ?? 0);
    },
  );

  /** Tells every signal; ends two seconds after the first. */
  const TELLS_SIGNALS = `
    let end;
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {
      console.log(signal);
      end ??= setTimeout(() => process.exit(5), 2500);
    });
    console.log('ready ' + process.pid);
    setInterval(() => undefined, 1000);`;

  it.each(['SIGINT', 'SIGTERM'] as const)('tells Pulumi once of a %s to the whole group', async (signal) => {
    standIn(TELLS_SIGNALS);
    const { child, ended, text } = start(['up'], {}, true);
    await said(text, 'ready');
    process.kill(-(child.pid ?? 0), signal);
    await sleep(50);
    // What `timeout` and npm do: to the program, to the group, and on from one to the next.
    process.kill(child.pid ?? 0, signal);
    const { code, stdout } = await ended;
    expect([code, stdout.split('\n').slice(1)]).toEqual([5, [signal, '']]);
  });

  it('tells Pulumi of a signal once more where it is sent once more', async () => {
    standIn(TELLS_SIGNALS);
    const { child, ended, text } = start(['up'], {}, true);
    await said(text, 'ready');
    child.kill('SIGINT');
    await sleep(1_700);
    child.kill('SIGINT');
    expect((await ended).stdout.split('\n').slice(1)).toEqual(['SIGINT', 'SIGINT', '']);
  });

  it('asks Pulumi to end in good order where our own end is a lost terminal, of which it would die', async () => {
    standIn(TELLS_SIGNALS);
    const { child, ended, text } = start(['up'], {}, true);
    await said(text, 'ready');
    child.kill('SIGHUP');
    const { code, stdout } = await ended;
    expect([code, stdout.split('\n').slice(1)]).toEqual([5, ['SIGTERM', '']]);
  });

  it.skipIf(platform() !== 'linux' || !existsSync(SCRIPT))(
    'tells Pulumi nothing of a Ctrl-C, which the whole terminal gets',
    async () => {
      standIn(TELLS_SIGNALS);
      const { child, ended, text } = startAtTerminal(['up']);
      await said(text, 'ready');
      child.stdin.write('\x03');
      const { code, stdout } = await ended;
      expect([code, stdout.match(/SIG[A-Z]+/g)]).toEqual([5, ['SIGINT']]);
    },
  );

  it('leaves no process behind', async () => {
    standIn(TELLS_SIGNALS);
    const { child, ended, text } = start(['up'], {}, true);
    await said(text, 'ready');
    const all = await processTree(child.pid ?? 0);
    child.kill('SIGTERM');
    await ended;
    for (const pid of all) await gone(pid);
  });
});
