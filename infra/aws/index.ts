/** What a program can use of Tidemark on AWS: `import { RollupDatabase } from 'tidemark/aws'`. */
export { DatabaseAccess, type DatabaseAccessArgs } from './access/access';
export { DEPLOY_LOGIN, RollupDatabase } from './database';
export { RollupPlatform, type RollupPlatformArgs } from './platform';
export type {
  AllowArgs,
  BackupArgs,
  BackupVaultArgs,
  CommonArgs,
  DatabaseEngine,
  ExistingDatabaseArgs,
  GivenNetworkArgs,
  NewDatabaseArgs,
  OwnNetworkArgs,
  RollupDatabaseArgs,
  StorageArgs,
} from './types';
export type { Thresholds } from './watch/thresholds';
export type { Subscription } from './watch/topic';
export { type AlarmArgs, Watch, type WatchArgs } from './watch/watch';
