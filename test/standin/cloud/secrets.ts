/** Secrets Manager, as far as RDS and a reader of one secret need it. */
import { randomBytes, randomUUID } from 'node:crypto';
import { newPassword } from '../../../infra/local/postgres/state';
import { Refusal } from './refusal';

export class Secrets {
  readonly #values = new Map<string, string>();
  /** Every password there ever was, for tests that look for them where they must not be. */
  readonly passwords: string[] = [];

  constructor(
    private readonly region: string,
    private readonly account: string,
  ) {}

  /** A secret as RDS makes it for a master user; returns its ARN. */
  createManaged(kind: 'db' | 'cluster', username: string): { arn: string; password: string } {
    const name = `rds!${kind}-${randomUUID()}-${randomBytes(3).toString('hex')}`;
    const arn = `arn:aws:secretsmanager:${this.region}:${this.account}:secret:${name}`;
    return { arn, password: this.rotate(arn, username) };
  }

  /** Sets a new random password and returns it. */
  rotate(arn: string, username: string): string {
    const password = newPassword();
    this.passwords.push(password);
    this.#values.set(arn, JSON.stringify({ username, password }));
    return password;
  }

  /** By ARN or name. */
  value(id: string): { arn: string; text: string } {
    for (const [arn, text] of this.#values) {
      if (arn === id || arn.endsWith(`:secret:${id}`)) return { arn, text };
    }
    throw new Refusal("ResourceNotFoundException: Secrets Manager can't find the specified secret.");
  }

  delete(arn: string): void {
    this.#values.delete(arn);
  }
}
