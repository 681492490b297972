import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Writes a URL to the file `url` of a directory, where the stack `dev` reads it: for the owner's eyes only, in one step. */
export async function writeUrlFile(directory: string, url: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'url');
  if ((await readFile(file, 'utf8').catch(() => '')) === `${url}\n`) return file;
  const fresh = `${file}.${process.pid}.new`;
  await writeFile(fresh, `${url}\n`, { mode: 0o600 });
  await rename(fresh, file);
  return file;
}
