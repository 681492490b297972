import { isAbsolute, join, relative } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { projectRoot } from '../connection/location';
import { rdsBundlePath } from '../connection/rdsBundle';
import type { ConnectionArgs } from '../provider/resources';
import { Rollups } from '../provider/rollups';
import { DatabaseAccess } from './access/access';
import { RollupDatabase } from './database';
import { estimateTable } from './estimate';
import type { ExistingDatabaseArgs, NewDatabaseArgs } from './types';
import { watchRows } from './watch/estimate';
import { type AlarmArgs, Watch } from './watch/watch';
import { watchArgs } from './watch/watchArgs';

interface FolderArgs {
  /** The folder with the definitions, relative to the folder of Pulumi.yaml. */
  readonly rollups: string;
  /** true: takes over rollups that another stack has deployed to this database. Default false: they are refused. */
  readonly adopt?: boolean;
}

interface WatchedArgs {
  /** Who is told when something is wrong, and when. Default: alarms, a dashboard, and a topic to subscribe to. */
  readonly alarms?: AlarmArgs;
}

export type RollupPlatformArgs = FolderArgs & ((NewDatabaseArgs & WatchedArgs) | ExistingDatabaseArgs);

/**
 * Everything in one: a database on AWS, what is in it, the rollups, and what watches them.
 *
 * ```ts
 * import { RollupPlatform } from 'tidemark/aws';
 *
 * const metrics = new RollupPlatform('metrics', { engine: 'rds', bastion: true, rollups: 'rollups' });
 * export const connection = metrics.connection;
 * ```
 */
export class RollupPlatform extends pulumi.ComponentResource {
  readonly database: RollupDatabase;
  readonly access: DatabaseAccess;
  readonly rollups: Rollups;
  /** undefined for a database that was there already. */
  readonly watch: Watch | undefined;
  /** How the rollups are deployed: by IAM, as the role that owns them. It holds no secret. */
  readonly connection: ConnectionArgs;

  constructor(name: string, args: RollupPlatformArgs, options: pulumi.ComponentResourceOptions = {}) {
    super('tidemark:aws:RollupPlatform', name, {}, options);
    const {
      rollups: directory,
      adopt,
      alarms = {},
      ...database
    } = {
      alarms: undefined,
      adopt: undefined,
      ...args,
    };
    this.database = new RollupDatabase(name, database, { parent: this });
    const { deleteWith, host, port, region, login, engineVersion } = this.database;
    const inside = { parent: this, ...(deleteWith === undefined ? {} : { deletedWith: deleteWith }) };
    this.access = new DatabaseAccess(
      name,
      {
        host,
        port,
        region,
        // Not known before the server is ready, so that nothing asks for a token, or connects, too early.
        login: login.login,
        engineVersion,
        caFile: seenFromHere(args.caFile),
        database: this.database.database,
        protect: !('existing' in args) && (args.protect ?? true),
        adopt: 'existing' in args && args.existing.adopt === true,
      },
      inside,
    );
    this.connection = {
      ...this.database.connection,
      database: this.access.database,
      role: this.access.owner,
    };
    this.rollups = new Rollups(
      name,
      {
        directory,
        connection: this.connection,
        serverVersion: engineVersion,
        ...(adopt === undefined ? {} : { adopt }),
      },
      inside,
    );
    const watched = watchArgs(this.database, alarms);
    // After the engine, which tells the figures: before, silence is no alarm. Not after the rollups: one that fails is worth one.
    const after = { parent: this, dependsOn: [this.rollups.engine] };
    this.watch = watched === undefined ? undefined : new Watch(name, watched, after);
    if (watched !== undefined && 'estimate' in args && args.estimate === true) {
      const rows = watchRows(watched, Object.keys(this.rollups.rollups).length);
      void pulumi.log.info(estimateTable('watching it', rows), this.watch);
    }
    this.registerOutputs({ views: this.rollups.views });
  }
}

/** Plugins start where the program does, and a state must not hold a path of one machine. */
function seenFromHere(caFile: string | undefined): string {
  const file =
    caFile === undefined ? rdsBundlePath() : isAbsolute(caFile) ? caFile : join(projectRoot(), caFile);
  return relative(process.cwd(), file);
}
