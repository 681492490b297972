/** What is known of RDS and Aurora: versions and classes. Pure. */
import type { DatabaseEngine } from './types';

export const MAJOR_VERSIONS = ['15', '16', '17', '18'] as const;
export const DEFAULT_VERSION = '17' as const;
export type MajorVersion = (typeof MAJOR_VERSIONS)[number];

export const DEFAULT_CLASS: Readonly<Record<DatabaseEngine, string>> = {
  rds: 'db.m7g.large',
  aurora: 'db.r7g.large',
  'aurora-serverless': 'db.serverless',
};

/** undefined for a version that is not supported. */
export function majorOf(engineVersion: string): MajorVersion | undefined {
  const major = /^(\d+)(\.\d+)?$/.exec(engineVersion)?.[1];
  return MAJOR_VERSIONS.find((known) => known === major);
}

/**
 * Not where a minor version is named: AWS would go past it, and the next `up` would ask to go back, which is refused. There is no option
 * for it: ignoring the difference would hide the upgrades that are wanted, too.
 */
export function followsMinorVersions(engineVersion: string): boolean {
  return majorOf(engineVersion) === engineVersion;
}

/** The parameter group family, such as `postgres17` or `aurora-postgresql17`. */
export function familyOf(engine: DatabaseEngine, major: MajorVersion): string {
  return engine === 'rds' ? `postgres${major}` : `aurora-postgresql${major}`;
}

/** Families of Graviton have a g after the generation: t4g, m7g, r8gd, x2g. */
export function isGraviton(instanceClass: string): boolean {
  return instanceClass === 'db.serverless' || /^db\.[a-z]+\d+g[a-z]*\./.test(instanceClass);
}

/** Virtual processors of a class, by its size; ACUs of a serverless one have a quarter each. */
export function processorsOf(instanceClass: string, maxCapacity: number): number {
  if (instanceClass === 'db.serverless') return Math.ceil(maxCapacity / 4);
  const times = /\.(\d*)xlarge/.exec(instanceClass)?.[1];
  return times === undefined ? 2 : 4 * (times === '' ? 1 : Number(times));
}
