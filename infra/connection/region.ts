/** Which AWS region a connection belongs to, and which hosts are Amazon's own databases. */

import { TidemarkError } from '../model/error';
import type { HostConnection } from './connection';

/** `name.hash.REGION.rds.amazonaws.com`, in China also `name.hash.rds.REGION.amazonaws.com.cn`. */
const RDS_HOST =
  /\.(?:([a-z]{2}(?:-[a-z]+)+-\d)\.rds|rds\.([a-z]{2}(?:-[a-z]+)+-\d))\.amazonaws\.com(?:\.cn)?\.?$/i;
const ARN = /^arn:[^:]+:[^:]+:([^:]+):/;

/** Whether the host is an endpoint of RDS, Aurora or RDS Proxy, whose certificates Amazon's authorities sign. */
export function isRdsHost(host: string): boolean {
  return RDS_HOST.test(host);
}

/** The region in an ARN; undefined for anything else. */
export function regionOfArn(text: string): string | undefined {
  return ARN.exec(text)?.[1];
}

/**
 * The region of a connection's secret, token and tunnel: `region`, the secret's ARN, the host's name, then AWS_REGION and
 * AWS_DEFAULT_REGION.
 */
export function regionOf(connection: HostConnection): string {
  const { region, passwordSecret, host } = connection;
  const found = RDS_HOST.exec(host);
  const known =
    region ??
    (passwordSecret === undefined ? undefined : regionOfArn(passwordSecret)) ??
    found?.[1] ??
    found?.[2] ??
    regionOfEnvironment();
  if (known !== undefined) return known.toLowerCase();
  throw new TidemarkError(`The AWS region for the connection to ${host} is not known.`, {
    hint: 'Give connection.region, or set AWS_REGION.',
  });
}

/** AWS_REGION, then AWS_DEFAULT_REGION; an empty one counts as not set. */
export function regionOfEnvironment(): string | undefined {
  return [process.env['AWS_REGION'], process.env['AWS_DEFAULT_REGION']].find(
    (value) => value !== undefined && value !== '',
  );
}
