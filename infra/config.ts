/** The configuration of this repository's own stack. */
import * as pulumi from '@pulumi/pulumi';
import type { Connection } from './plan/connection';
import { asConnection } from './provider/connection';
import { stop } from './provider/stop';

export interface StackConfig {
  readonly connection: Connection;
  /** Folder of the definitions, relative to the folder of Pulumi.yaml. */
  readonly rollups: string;
}

/** Reads `Pulumi.<stack>.yaml`; a mistake there ends the program with one sentence. */
export function readConfig(): StackConfig {
  const config = new pulumi.Config('tidemark');
  return { connection: readConnection(config), rollups: config.get('rollups') ?? 'rollups' };
}

const HOW = 'Set it, for example: pulumi config set --path tidemark:connection.urlEnv TIDEMARK_DATABASE_URL';

function readConnection(config: pulumi.Config): Connection {
  let value: unknown;
  try {
    value = config.getObject('connection');
  } catch {
    // The cause is left out: it would quote the value, which may be a URL with a password.
    throw stop(`The configuration tidemark:connection is not a map. ${HOW}`);
  }
  if (value === undefined) throw stop(`The configuration tidemark:connection is missing. ${HOW}`);
  try {
    return asConnection(value);
  } catch (error) {
    throw stop(`In the configuration, tidemark:${(error as Error).message}`);
  }
}
