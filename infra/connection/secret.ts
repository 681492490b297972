/** Passwords in Secrets Manager, read at the time of each operation and kept in memory for five minutes at most. */

import { TidemarkError } from '../model/error';
import { awsError, clientSettings } from './aws';
import type { HostConnection } from './connection';
import { regionOf } from './region';

type Sdk = typeof import('@aws-sdk/client-secrets-manager');

const KEPT_MILLISECONDS = 5 * 60_000;

const kept = new Map<string, { readonly password: Promise<string>; readonly until: number }>();

function keyOf(secret: string, region: string, profile: string | undefined): string {
  return JSON.stringify([secret, region, profile ?? null]);
}

/**
 * The password in the secret that the connection names.
 * @param fresh true: asks AWS even if a value is kept, since RDS may have rotated it meanwhile.
 */
export function secretPassword(connection: HostConnection, secret: string, fresh = false): Promise<string> {
  const region = regionOf(connection);
  const { profile } = connection;
  const key = keyOf(secret, region, profile);
  const known = kept.get(key);
  if (!fresh && known !== undefined && known.until > Date.now()) return known.password;
  const password = readSecret(secret, region, profile);
  kept.set(key, { password, until: Date.now() + KEPT_MILLISECONDS });
  // What failed is not kept: the right may have been granted since.
  password.catch(() => {
    if (kept.get(key)?.password === password) kept.delete(key);
  });
  return password;
}

async function readSecret(secret: string, region: string, profile: string | undefined): Promise<string> {
  // Loaded when needed: the SDK takes a tenth of a second, which a local stack does not pay.
  const sdk = require('@aws-sdk/client-secrets-manager') as Sdk;
  const client = new sdk.SecretsManagerClient(clientSettings(region, profile));
  const target = `the secret ${secret}`;
  let text: string | undefined;
  try {
    text = (await client.send(new sdk.GetSecretValueCommand({ SecretId: secret }))).SecretString;
  } catch (cause) {
    throw awsError(cause, { action: 'secretsmanager:GetSecretValue', target, region });
  } finally {
    client.destroy();
  }
  const password = text === undefined ? undefined : passwordIn(text);
  if (password === undefined || password === '') {
    throw new TidemarkError(`The secret ${secret} in ${region} does not contain a password.`, {
      hint: 'It must be JSON with a text `password`, as RDS writes it, or only the password.',
    });
  }
  return password;
}

/** JSON with `password`, or the bare text; undefined where JSON has none. A number or a string in JSON is a bare password. */
function passwordIn(text: string): string | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text.trim();
  }
  if (typeof value !== 'object' || value === null) return text.trim();
  const password = 'password' in value ? value.password : undefined;
  return typeof password === 'string' ? password : undefined;
}
