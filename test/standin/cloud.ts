/**
 * The stand-in cloud: an AWS account with one region, in the test's process. Its providers are the plugins in `aws/` and
 * `postgresql/`, its databases real PostgreSQL servers, its IAM logins really checked.
 */
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withLock } from '../../infra/local/postgres/lock';
import { answerApi } from './cloud/api';
import { type Authority, createAuthority, createCertificate } from './cloud/certificates';
import type { StandinDatabase } from './cloud/database';
import { delegate } from './cloud/extensions';
import { ldapServer } from './cloud/ldap';
import { catalogOf } from './cloud/parameters';
import { Rds } from './cloud/rds';
import { type Question, Resources } from './cloud/resources';
import { Secrets } from './cloud/secrets';
import { type Credentials, tokenProblem } from './cloud/token';
import { CLOUD_VARIABLE } from './plugin/remote';
import type { Data } from './plugin/values';

export interface Delays {
  /** Milliseconds that a reboot takes besides the server's own, that a changed group takes to arrive, that a creation takes. */
  reboot: number;
  apply: number;
  create: number;
}

export class Cloud {
  readonly account = { id: '123456789012', region: 'us-east-1' };
  readonly credentials: Credentials = {
    accessKeyId: 'AKIASTANDIN',
    secretAccessKey: 'standin/secret/key/of/nobody',
  };
  readonly delays: Delays = { reboot: 500, apply: 200, create: 0 };
  /** The actions of AWS that were called and carried out. */
  readonly calls: string[] = [];
  /** Why tokens were refused. */
  readonly refusedTokens: string[] = [];
  /** Runs before every operation of the AWS provider: a test may look around, wait or throw. */
  beforeOperation: (operation: string, type: string, name: string) => Promise<void> = async () => undefined;
  /** Users that came in by a token. */
  readonly tokenLogins: string[] = [];
  readonly secrets: Secrets;
  readonly rds: Rds;
  readonly resources: Resources;
  readonly #http: Server;

  private constructor(
    readonly folder: string,
    readonly host: string,
    readonly authority: Authority,
    certificate: { readonly certificateFile: string; readonly keyFile: string },
    private readonly ldap: NetServer,
    private readonly release: () => void,
  ) {
    this.secrets = new Secrets(this.account.region, this.account.id);
    this.rds = new Rds(this.account, host, this.secrets, {
      folder,
      certificate,
      ldapPort: (ldap.address() as AddressInfo).port,
      catalog: (generation) => catalogOf(generation, folder),
      pause: async (step) => {
        await sleep(this.delays[step]);
      },
    });
    this.resources = new Resources(this.account, this.rds);
    this.#http = createServer((request, response) => {
      if (request.url?.startsWith('/provider/') || request.url === '/delegate') {
        this.answer(request).then(
          (value) => response.end(JSON.stringify({ value })),
          (error: Error) => response.end(JSON.stringify({ error: error.message })),
        );
      } else {
        const { accessKeyId } = this.credentials;
        void answerApi({ ...this, accessKeyId }, request, response, this.host);
      }
    });
  }

  /**
   * @param folder For everything that the cloud keeps; what an earlier, broken run left there is replaced.
   * @param host The name of all endpoints: it must lead to this machine.
   */
  static async start(folder: string, host = 'localhost'): Promise<Cloud> {
    const release = await held(folder);
    const authority = await createAuthority(join(folder, 'ca'));
    const certificate = await createCertificate(authority, join(folder, 'certificate'), [host]);
    const ldap = await ldapServer((user, server, token) => cloud.admits(user, server, token));
    const cloud: Cloud = new Cloud(folder, host, authority, certificate, ldap, release);
    await new Promise<void>((resolve) => cloud.#http.listen(0, '127.0.0.1', resolve));
    return cloud;
  }

  /** What the commands of a test need in their environment. */
  get environment(): Record<string, string> {
    const address = `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
    return {
      [CLOUD_VARIABLE]: address,
      AWS_ENDPOINT_URL: address,
      AWS_ACCESS_KEY_ID: this.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: this.credentials.secretAccessKey,
      AWS_REGION: this.account.region,
      NODE_EXTRA_CA_CERTS: this.authority.caFile,
    };
  }

  database(identifier: string): StandinDatabase {
    return this.rds.database(identifier);
  }

  /** A new master password, as Secrets Manager sets one every seven days. */
  async rotate(identifier: string): Promise<void> {
    const database = this.database(identifier);
    await database.changePassword(this.secrets.rotate(this.rds.secretOf(identifier), database.master));
  }

  /** Ends everything. */
  async close(): Promise<void> {
    for (const database of this.rds.databases) await database.remove();
    this.#http.closeAllConnections();
    this.#http.close();
    this.ldap.close();
    this.release();
  }

  private admits(user: string, server: string, token: string): boolean {
    const database = this.database(server);
    const endpoint = { host: this.host, port: database.port, region: this.account.region };
    const problem = database.iam
      ? tokenProblem(token, user, endpoint, this.credentials)
      : 'IAM authentication is not enabled';
    if (problem !== null) this.refusedTokens.push(`${user}: ${problem}`);
    else this.tokenLogins.push(user);
    return problem === null;
  }

  private async answer(request: IncomingMessage): Promise<unknown> {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const question = JSON.parse(text) as Question & Data;
    if (request.url === '/delegate') {
      const { port, database, login, statements } = question;
      const server = this.rds.databases.find((candidate) => candidate.port === port);
      if (server === undefined) throw new Error(`Nothing listens on port ${port}.`);
      return delegate(server, String(database), String(login), statements as string[]);
    }
    const operation = request.url?.replace('/provider/', '') ?? '';
    await this.beforeOperation(operation, question.type, question.name);
    return this.resources.answer(operation, question);
  }
}

/** Holds a folder until it is released: two runs of one test would pull the servers from under each other. */
async function held(folder: string): Promise<() => void> {
  await mkdir(folder, { recursive: true });
  return new Promise((resolve, reject) => {
    withLock(folder, () => new Promise<void>((release) => resolve(release))).catch(reject);
  });
}
