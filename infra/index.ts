/** The composition root: reads the configuration, builds the components, exports their outputs. */
import * as pulumi from '@pulumi/pulumi';
import { readConfig } from './config';
import type { ConnectionArgs } from './provider/resources';
import { Rollups } from './provider/rollups';

const config = readConfig();

function build(): { readonly rollups: Rollups; readonly connection: ConnectionArgs } {
  if ('connection' in config) {
    const { rollups: directory, ...args } = config;
    return { connection: args.connection, rollups: new Rollups('rollups', { directory, ...args }) };
  }
  // Loaded here: a stack that makes nothing in AWS need not wait for its packages.
  const { RollupPlatform } = require('./aws') as typeof import('./aws');
  return new RollupPlatform('tidemark', config.platform);
}

const built = build();

/** Version of the engine in the database. */
export const engineVersion = built.rollups.engine.version;
/** The views to query, by rollup. */
export const views = built.rollups.views;
/** Where the database is and how to log in, without any secret: `tidemark status --connection` takes it. */
export const connection = pulumi.output(built.connection);
