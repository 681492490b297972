/** Where relative paths begin: the folder of Pulumi.yaml, in the program and in the provider's process alike. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Connection } from './connection';

const PROJECT_FILES = ['Pulumi.yaml', 'Pulumi.yml', 'Pulumi.json'];

/**
 * The nearest folder with a Pulumi.yaml, from the working directory upwards: both processes start in the folder of the
 * program's `main`, which may lie deeper, and the provider's is told nothing else.
 */
export function projectRoot(from: string = process.cwd()): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (PROJECT_FILES.some((file) => existsSync(join(folder, file)))) return folder;
    if (folder === dirname(folder)) return resolve(from);
  }
}

/** The same connection with absolute paths, to be used now and never stored: a state serves other checkouts, too. */
export function located(connection: Connection, root: string = projectRoot()): Connection {
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(root, path));
  if ('urlFile' in connection) return { urlFile: absolute(connection.urlFile) };
  if ('urlEnv' in connection) return connection;
  const { passwordFile, caFile, tunnel } = connection;
  const keyFile = tunnel !== undefined && 'ssh' in tunnel ? tunnel.ssh.keyFile : undefined;
  return {
    ...connection,
    ...(passwordFile === undefined ? {} : { passwordFile: absolute(passwordFile) }),
    ...(caFile === undefined ? {} : { caFile: absolute(caFile) }),
    ...(tunnel === undefined || !('ssh' in tunnel) || keyFile === undefined
      ? {}
      : { tunnel: { ssh: { ...tunnel.ssh, keyFile: absolute(keyFile) } } }),
  };
}
