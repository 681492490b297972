/** One stand-in instance or cluster: a PostgreSQL that runs with the settings that its parameter group had when it last started. */
import { escapeIdentifier } from 'pg';
import type { Data } from '../plugin/values';
import { changePassword, clientLines, createAdministrator, refuseMembers } from './administrator';
import { major } from './databaseRules';
import { type Catalog, followed, type GroupParameter, groupSettings } from './parameters';
import { type Configuration, PrivatePostgres } from './postgres';
import { carryOver } from './upgrade';

export type Status =
  | 'creating'
  | 'available'
  | 'modifying'
  | 'rebooting'
  | 'upgrading'
  | 'deleting'
  | 'stopped';

/** What a database needs of the cloud around it. */
export interface Surroundings {
  readonly folder: string;
  readonly ldapPort: number;
  readonly certificate: { readonly certificateFile: string; readonly keyFile: string };
  catalog(generation: number): Promise<Catalog>;
  /** The parameters of a group as they are now. */
  group(name: string): readonly GroupParameter[];
  /** Waits as long as the test wants that kind of step to take. */
  pause(step: 'reboot' | 'apply' | 'create'): Promise<void>;
}

export class StandinDatabase {
  status: Status = 'creating';
  #postgres: PrivatePostgres | undefined;
  #running: Record<string, string> = {};
  #applying = false;

  constructor(
    readonly identifier: string,
    readonly master: string,
    /** As asked for by the last operation that took effect. */
    public inputs: Data,
    /** Of an instance or a cluster. */
    public groupName: string,
    private readonly around: Surroundings,
  ) {}

  get port(): number {
    return this.postgres.port;
  }

  get postgres(): PrivatePostgres {
    if (this.#postgres === undefined) throw new Error(`${this.identifier} is not there yet.`);
    return this.#postgres;
  }

  get iam(): boolean {
    return this.inputs['iamDatabaseAuthenticationEnabled'] === true;
  }

  async create(password: string, firstDatabase: unknown): Promise<void> {
    const port = this.inputs['port'] === undefined ? undefined : Number(this.inputs['port']);
    this.#postgres = await this.newPostgres(major(this.inputs['engineVersion']), port);
    this.#running = groupSettings(this.around.group(this.groupName));
    await this.postgres.start(this.configuration());
    await this.postgres.asAdmin('postgres', async (client) => {
      await createAdministrator(client, this.master, password);
      if (firstDatabase === undefined) return;
      const owner = escapeIdentifier(this.master);
      await client.query(`create database ${escapeIdentifier(String(firstDatabase))} owner ${owner}`);
    });
    await this.around.pause('create');
    this.status = 'available';
  }

  /** `in-sync`, `applying` or `pending-reboot`, as the API says it of the group. */
  parameterStatus(): string {
    if (this.#applying) return 'applying';
    const wanted = groupSettings(this.around.group(this.groupName));
    const names = new Set([...Object.keys(wanted), ...Object.keys(this.#running)]);
    return [...names].every((name) => wanted[name] === this.#running[name]) ? 'in-sync' : 'pending-reboot';
  }

  /** The group was changed. RDS takes its time, so this goes on by itself. */
  async groupChanged(): Promise<void> {
    this.#applying = true;
    await this.around.pause('apply');
    const catalog = await this.around.catalog(this.postgres.generation);
    this.#running = followed(catalog, this.#running, this.around.group(this.groupName));
    if (this.status === 'available') await this.postgres.reload(this.configuration());
    this.#applying = false;
  }

  /** Another group takes effect at the next reboot, all of it. */
  attachGroup(name: string): void {
    this.groupName = name;
  }

  async reboot(): Promise<void> {
    this.status = 'rebooting';
    await this.postgres.stop();
    await this.around.pause('reboot');
    this.#running = groupSettings(this.around.group(this.groupName));
    await this.postgres.start(this.configuration());
    this.status = 'available';
  }

  /** The host fails; another one takes over with the same data after a while. */
  async failOver(): Promise<void> {
    await this.postgres.kill();
    await this.around.pause('reboot');
    await this.postgres.start(this.configuration());
  }

  /** A new major version, at the same endpoint. */
  async upgrade(generation: number): Promise<void> {
    this.status = 'upgrading';
    const old = this.postgres;
    const next = await this.newPostgres(generation, undefined);
    this.#running = groupSettings(this.around.group(this.groupName));
    await next.start({ ...this.configuration(), clients: [] });
    await carryOver(old, next);
    // What RDS does by itself at every login is not carried over.
    if (generation >= 16) await next.asAdmin('postgres', (client) => refuseMembers(client, this.master));
    await old.stop();
    await next.stop();
    this.#postgres = next.movedTo(old.port);
    await this.postgres.start(this.configuration());
    await old.remove();
    this.status = 'available';
  }

  changePassword(password: string): Promise<void> {
    return this.postgres.asAdmin('postgres', (client) => changePassword(client, this.master, password));
  }

  async remove(): Promise<void> {
    this.status = 'deleting';
    await this.#postgres?.remove();
  }

  private newPostgres(generation: number, port: number | undefined): Promise<PrivatePostgres> {
    const directory = `${this.around.folder}/${this.identifier}-${generation}`;
    return PrivatePostgres.create(directory, generation, port, this.around.certificate);
  }

  private configuration(): Configuration {
    return {
      settings: this.#running,
      clients: clientLines({
        generation: this.postgres.generation,
        master: this.master,
        forceTls: this.#running['rds.force_ssl'] === '1',
        ldapPort: this.around.ldapPort,
        server: this.identifier,
      }),
    };
  }
}
