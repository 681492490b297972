/** Everything that must hold between the keys of a definition, and between definitions. */
import { checkColumns } from './checks/columns';
import { checkDimensions, checkMeasures } from './checks/outputs';
import { checkPartitionNames } from './checks/partitionNames';
import { checkPartition, checkRetention } from './checks/retention';
import { checkTiers } from './checks/tiers';
import type { Problem } from './errors';
import type { Sections } from './schema';

export { checkTogether } from './checks/together';

const CHECKS = [
  checkColumns,
  checkDimensions,
  checkMeasures,
  checkTiers,
  checkPartition,
  checkRetention,
  checkPartitionNames,
];

/** Problems between the keys of one definition; a section that is absent is one that the schema has refused. */
export function checkDefinition(sections: Sections): readonly Problem[] {
  return CHECKS.flatMap((check) => [...check(sections)]);
}
