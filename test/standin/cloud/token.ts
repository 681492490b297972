/** What RDS does with an IAM token: it is a URL signed by AWS Signature Version 4, and every part of it is checked. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly region: string;
}

/** A token lives for fifteen minutes, whatever its own X-Amz-Expires says. */
const LIFETIME_MS = 15 * 60_000;

const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Why a token does not let that user in at that endpoint, or null if it does. */
export function tokenProblem(
  token: string,
  user: string,
  endpoint: Endpoint,
  keys: Credentials,
  now: number = Date.now(),
): string | null {
  let url: URL;
  try {
    url = new URL(`https://${token}`);
  } catch {
    return 'it is not a signed URL';
  }
  const query = url.searchParams;
  if (url.hostname !== endpoint.host || Number(url.port || 443) !== endpoint.port)
    return `it is for ${url.host}`;
  if (query.get('Action') !== 'connect') return 'its action is not connect';
  if (query.get('DBUser') !== user) return 'it is for another user';
  if (query.get('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256') return 'its algorithm is another one';
  const stamp = query.get('X-Amz-Date') ?? '';
  const age =
    now - Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  // A clock may be a little ahead.
  if (!(age > -60_000 && age < LIFETIME_MS)) return 'it is older than 15 minutes';
  const scope = `${stamp.slice(0, 8)}/${endpoint.region}/rds-db/aws4_request`;
  if (query.get('X-Amz-Credential') !== `${keys.accessKeyId}/${scope}`)
    return 'its credential scope is another one';
  return signatureMatches(url, stamp, scope, endpoint.region, keys) ? null : 'its signature is wrong';
}

function signatureMatches(
  url: URL,
  stamp: string,
  scope: string,
  region: string,
  keys: Credentials,
): boolean {
  const given = Buffer.from(url.searchParams.get('X-Amz-Signature') ?? '', 'hex');
  const signed = [...url.searchParams.entries()]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort();
  const canonical = ['GET', '/', signed.join('&'), `host:${url.host}`, '', 'host', sha256('')].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', stamp, scope, sha256(canonical)].join('\n');
  const key = [stamp.slice(0, 8), region, 'rds-db', 'aws4_request'].reduce<string | Buffer>(
    (result, part) => hmac(result, part),
    `AWS4${keys.secretAccessKey}`,
  );
  const wanted = hmac(key, toSign);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
