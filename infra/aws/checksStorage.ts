/** The limits of gp3 on RDS for PostgreSQL. Pure. */
import type { NewDatabaseArgs, StorageArgs } from './types';

/** From this size on RDS stripes four volumes, and only then takes other IOPS and throughput than the base. */
const STRIPED_GB = 400;
const [LEAST_GB, MOST_GB] = [20, 65_536];
const [LEAST_IOPS, MOST_IOPS] = [12_000, 64_000];
const [LEAST_THROUGHPUT, MOST_THROUGHPUT] = [500, 4000];

export const DEFAULT_SIZE_GB = 100;

export function defaultMaxSizeGb(sizeGb: number): number {
  return Math.min(5 * sizeGb, MOST_GB);
}

/** What a size has at no extra cost. */
export function includedSpeed(sizeGb: number): { readonly iops: number; readonly throughput: number } {
  return sizeGb < STRIPED_GB
    ? { iops: 3000, throughput: 125 }
    : { iops: LEAST_IOPS, throughput: LEAST_THROUGHPUT };
}

/**
 * What is asked of AWS. Below four volumes nothing may be; with four always something: else the provider sends, with storage that grows to
 * them, the 3000 IOPS that it found before, and AWS refuses those.
 */
export function askedSpeed(sizeGb: number, { iops, throughput }: StorageArgs) {
  if (sizeGb < STRIPED_GB) return { iops: undefined, throughput: undefined };
  const included = includedSpeed(sizeGb);
  return { iops: iops ?? included.iops, throughput: throughput ?? included.throughput };
}

function range(name: string, value: number | undefined, from: number, to: number): string[] {
  if (value === undefined || (Number.isInteger(value) && value >= from && value <= to)) return [];
  return [`storage.${name} is ${value}; gp3 takes ${from} to ${to}.`];
}

export function storageProblems({ engine, storage }: NewDatabaseArgs): readonly string[] {
  if (storage === undefined) return [];
  if (engine !== 'rds')
    return ['storage is only for RDS; Aurora sizes its storage automatically, so leave it out.'];
  const { sizeGb = DEFAULT_SIZE_GB, maxSizeGb, iops, throughput } = storage;
  const found = range('sizeGb', sizeGb, LEAST_GB, MOST_GB);
  if (maxSizeGb !== undefined) {
    found.push(...range('maxSizeGb', maxSizeGb, LEAST_GB, MOST_GB));
    if (10 * maxSizeGb < 11 * sizeGb) {
      found.push(
        `storage.maxSizeGb is ${maxSizeGb}; RDS requires at least 10 % more than storage.sizeGb, which is ${sizeGb}.`,
      );
    }
  }
  if ((iops !== undefined || throughput !== undefined) && sizeGb < STRIPED_GB) {
    return [
      ...found,
      `storage.iops and storage.throughput can be chosen from ${STRIPED_GB} GiB on; storage.sizeGb is ${sizeGb}, which always has 3000 IOPS and 125 MiB/s.`,
    ];
  }
  found.push(...range('iops', iops, LEAST_IOPS, MOST_IOPS));
  found.push(...range('throughput', throughput, LEAST_THROUGHPUT, MOST_THROUGHPUT));
  if (throughput !== undefined && throughput > (iops ?? LEAST_IOPS) / 4) {
    found.push(
      `storage.throughput is ${throughput}; gp3 gives at most a quarter of storage.iops, which is ${iops ?? LEAST_IOPS}.`,
    );
  }
  return found;
}
