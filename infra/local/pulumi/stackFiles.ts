/** The files that a local stack needs beside its state: a passphrase, and a copy of the project's configuration. */
import { createHash, randomBytes } from 'node:crypto';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { parse } from 'yaml';
import { TidemarkError } from '../../model/error';

export interface ConfigOptions {
  readonly root: string;
  readonly project: string;
  /** The `name` in Pulumi.yaml. */
  readonly name: string;
  readonly backend: string;
  readonly stack: string;
}

export interface StackConfig {
  /** Holds the copies of Pulumi.yaml and Pulumi.<stack>.yaml. */
  readonly folder: string;
  readonly file: string;
}

/** Makes a random passphrase once for each checkout, readable by its owner only, and returns the path of its file. */
export async function ensurePassphrase(root: string): Promise<string> {
  const file = path.join(path.resolve(root), '.local', 'pulumi', 'passphrase');
  await mkdir(path.dirname(file), { recursive: true });
  try {
    await writeFile(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw new TidemarkError(`${file} cannot be written.`, { cause: error });
  }
  return file;
}

/** The name that Pulumi.yaml gives the project. */
export async function projectName(project: string): Promise<string> {
  const file = path.join(project, 'Pulumi.yaml');
  const text = await readOptional(file);
  if (text === undefined) throw new TidemarkError(`${project} holds no Pulumi.yaml.`);
  const document: unknown = parse(text);
  const name =
    typeof document === 'object' && document !== null && 'name' in document ? document.name : undefined;
  if (typeof name !== 'string') throw new TidemarkError(`${file} has no "name".`);
  return name;
}

/**
 * Copies the configuration under `.local`, because the CLI writes a salt into the file that it uses: in the project's own
 * file it would show as a change of every checkout, and fit no other checkout's passphrase. A copy is renewed only when
 * the project's file has changed, so that `pulumi config set` through the runner lasts.
 */
export async function prepareConfig(options: ConfigOptions): Promise<StackConfig> {
  // Two test projects may bear the same name.
  const key = createHash('sha256')
    .update(`${options.project}\n${options.backend}`)
    .digest('hex')
    .slice(0, 12);
  const folder = path.join(
    path.resolve(options.root),
    '.local',
    'pulumi',
    'config',
    `${options.name}-${key}`,
  );
  await mkdir(folder, { recursive: true });
  await copyFile(path.join(options.project, 'Pulumi.yaml'), path.join(folder, 'Pulumi.yaml'));
  const base = `Pulumi.${options.stack}.yaml`;
  const file = path.join(folder, base);
  const source = (await readOptional(path.join(options.project, base))) ?? '';
  const copied = path.join(folder, `${base}.source`);
  const current = await readOptional(file);
  if (current === undefined || source !== (await readOptional(copied))) {
    const salt = /^encryptionsalt:.*$/m;
    const kept = salt.test(source) ? undefined : salt.exec(current ?? '')?.[0];
    const end = source === '' || source.endsWith('\n') ? '' : '\n';
    await writeFile(file, kept === undefined ? source : `${source}${end}${kept}\n`);
    await writeFile(copied, source);
  }
  return { folder, file };
}

async function readOptional(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw new TidemarkError(`${file} cannot be read.`, { cause: error });
  }
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
