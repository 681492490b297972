/** The private PostgreSQL behind one stand-in instance or cluster. */
import { chown, copyFile, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { createCluster } from '../../../infra/local/postgres/cluster';
import { withClient } from '../../../infra/local/postgres/database';
import { chooseHome, ownerOf, serverAccount, serverKey } from '../../../infra/local/postgres/home';
import { invocation, seenFromInside } from '../../../infra/local/postgres/invocation';
import { launch } from '../../../infra/local/postgres/launch';
import { freePort } from '../../../infra/local/postgres/port';
import { killAll, postmasterOf, signal, waitUntilGone } from '../../../infra/local/postgres/processes';
import { findPrograms } from '../../../infra/local/postgres/programs';
import { ADMIN_ROLE, newPassword } from '../../../infra/local/postgres/state';
import type { Account, Programs } from '../../../infra/local/postgres/types';
import { type Command, isRoot } from '../../../infra/process/command';
import type { Certificate } from './certificates';

export type Settings = Readonly<Record<string, string>>;

/** What a laptop wants, whatever the parameter group says of it. */
const SMALL: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  ssl: 'on',
  ssl_cert_file: 'server.crt',
  ssl_key_file: 'server.key',
  shared_buffers: '64MB',
  max_wal_size: '1GB',
  // Jobs run inside the server, so that none has to log in.
  'cron.use_background_workers': 'on',
  log_line_prefix: '%m [%p] %q%u@%d ',
};

export interface Configuration {
  readonly settings: Settings;
  /** Lines of pg_hba.conf for everybody but the stand-in's own superuser. */
  readonly clients: readonly string[];
}

export class PrivatePostgres {
  private constructor(
    readonly generation: number,
    readonly port: number,
    private readonly programs: Programs,
    private readonly home: string,
    private readonly key: string,
    readonly account: Account,
    private readonly password: string,
  ) {}

  /** Makes an empty server, stopped; one that an earlier, broken run left there is ended and removed. */
  static async create(
    directory: string,
    generation: number,
    port: number | undefined,
    certificate: Certificate,
  ): Promise<PrivatePostgres> {
    await mkdir(directory, { recursive: true });
    const key = serverKey(directory);
    await killAll(key, null);
    const programs = await findPrograms(directory, generation, () => undefined);
    const account = await serverAccount();
    const home = await chooseHome(directory, programs, account);
    await rm(join(home, 'data'), { recursive: true, force: true });
    const password = newPassword();
    await createCluster(programs, home, account, password);
    const owner = ownerOf(join(home, 'data'));
    for (const [from, to] of [
      [certificate.certificateFile, 'server.crt'],
      [certificate.keyFile, 'server.key'],
    ] as const) {
      await copyFile(from, join(home, 'data', to));
      if (isRoot()) await chown(join(home, 'data', to), owner.uid, owner.gid);
    }
    return new PrivatePostgres(generation, port ?? (await freePort()), programs, home, key, owner, password);
  }

  /** The same server, stopped, on another port. */
  movedTo(port: number): PrivatePostgres {
    return new PrivatePostgres(
      this.generation,
      port,
      this.programs,
      this.home,
      this.key,
      this.account,
      this.password,
    );
  }

  /** Runs one of this version's own programs. */
  program(name: string, args: readonly string[]): Command {
    return invocation(this.programs, this.home, this.account, name, args);
  }

  /** A file of an extension of this version, for the test. */
  extensionFile(name: string): string {
    const root = this.programs.kind === 'chroot' ? this.programs.root : '';
    return `${root}/usr/share/postgresql/${this.generation}/extension/${name}`;
  }

  /** A file of this server, as the test and as its programs see it. */
  file(name: string): { readonly outside: string; readonly inside: string } {
    return { outside: join(this.home, name), inside: `${seenFromInside(this.programs, this.home)}/${name}` };
  }

  /** The superuser's URL: RDS's own hand, which no client of RDS ever has. */
  adminUrl(database: string): string {
    return `postgresql://${ADMIN_ROLE}:${this.password}@127.0.0.1:${this.port}/${encodeURIComponent(database)}`;
  }

  asAdmin<T>(database: string, work: (client: Client) => Promise<T>): Promise<T> {
    return withClient(this.adminUrl(database), work);
  }

  async start(configuration: Configuration): Promise<void> {
    await this.write(configuration);
    const outcome = await launch({
      programs: this.programs,
      home: this.home,
      account: this.account,
      key: this.key,
      running: false,
      adminUrl: this.adminUrl('postgres'),
      environment: {},
    });
    if (outcome === 'port-taken') throw new Error(`Port ${this.port} is taken by another program.`);
  }

  async stop(): Promise<void> {
    const postmaster = this.postmaster();
    if (postmaster !== null) signal(postmaster, 'SIGINT');
    if (!(await waitUntilGone(this.key, 30_000))) await this.kill();
  }

  /** As a failure of the host would end it. */
  async kill(): Promise<void> {
    await killAll(this.key, this.postmaster());
  }

  /** Puts a configuration in force without a restart; returns when the server has read it. */
  async reload(configuration: Configuration): Promise<void> {
    await this.write(configuration);
    await this.asAdmin('postgres', async (client) => {
      await client.query('select pg_reload_conf()');
      // The sessions read it one after the other: a new one has it.
      await client.query('select pg_sleep(0.1)');
    });
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.home, { recursive: true, force: true });
  }

  private postmaster(): number | null {
    return postmasterOf(this.key, join(this.home, 'data'));
  }

  private async write({ settings, clients }: Configuration): Promise<void> {
    const all = { ...settings, ...SMALL, port: String(this.port) };
    const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`);
    const access = [`host all ${ADMIN_ROLE} 127.0.0.1/32 scram-sha-256`, ...clients, ''];
    for (const [name, text] of [
      ['postgresql.conf', lines.join('')],
      ['pg_hba.conf', access.join('\n')],
    ] as const) {
      const path = join(this.home, 'data', name);
      await writeFile(`${path}.new`, text, { mode: 0o600 });
      if (isRoot()) await chown(`${path}.new`, this.account.uid, this.account.gid);
      await rename(`${path}.new`, path);
    }
  }
}
