import type { RollupDatabase } from '../database';
import type { Design } from '../resolve';
import { processorsOf } from '../versions';
import { memoryOf } from './size';
import { connectionsOf } from './thresholds';
import type { AlarmArgs, WatchArgs } from './watch';

/** Aurora Serverless takes no more than this where it may shrink below one ACU. */
const SMALL_SERVERLESS = 2000;

function maxConnections({ engine, parameters, minCapacity }: Design, memoryGb: number): number {
  const given = Number(parameters.find(({ name }) => name === 'max_connections')?.value);
  if (given > 0) return given;
  const reckoned = connectionsOf(memoryGb);
  return engine === 'aurora-serverless' && minCapacity < 1 ? Math.min(reckoned, SMALL_SERVERLESS) : reckoned;
}

/** What there is to watch of a database that was made here; undefined for one that was there already, whose log is not ours. */
export function watchArgs(database: RollupDatabase, alarms: AlarmArgs): WatchArgs | undefined {
  const { design, identifier, logGroupName, instanceIdentifiers, region, tags } = database;
  if (design === undefined || identifier === undefined || logGroupName === undefined) return undefined;
  const { engine, instanceClass, maxCapacity, storage } = design;
  const vcpus = processorsOf(instanceClass, maxCapacity);
  const memoryGb = memoryOf(instanceClass, vcpus, maxCapacity);
  return {
    ...alarms,
    engine,
    identifier,
    instances: instanceIdentifiers,
    vcpus,
    memoryGb,
    maxConnections: maxConnections(design, memoryGb),
    ...(engine === 'rds'
      ? { storageGb: storage.sizeGb, autoscaling: storage.maxSizeGb > storage.sizeGb }
      : {}),
    region,
    logGroupName,
    tags,
  };
}
