import type { RollupDatabase } from '../database';
import { processorsOf } from '../versions';
import { memoryOf } from './size';
import type { AlarmArgs, WatchArgs } from './watch';

/** What there is to watch of a database that was made here; undefined for one that was there already, whose log is not ours. */
export function watchArgs(database: RollupDatabase, alarms: AlarmArgs): WatchArgs | undefined {
  const { design, identifier, logGroupName, instanceIdentifiers, region, tags } = database;
  if (design === undefined || identifier === undefined || logGroupName === undefined) return undefined;
  const { engine, instanceClass, maxCapacity, storage } = design;
  const vcpus = processorsOf(instanceClass, maxCapacity);
  return {
    ...alarms,
    engine,
    identifier,
    instances: instanceIdentifiers,
    vcpus,
    memoryGb: memoryOf(instanceClass, vcpus, maxCapacity),
    ...(engine === 'rds'
      ? { storageGb: storage.sizeGb, autoscaling: storage.maxSizeGb > storage.sizeGb }
      : {}),
    region,
    logGroupName,
    tags,
  };
}
