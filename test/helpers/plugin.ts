/** A session-manager-plugin that only says its version, for programs that look whether there is one. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns The folder to put on PATH. */
export function pluginFolder(version = '1.2.707.0'): string {
  const folder = join(__dirname, '../../.local/test/plugin', version);
  const file = join(folder, 'session-manager-plugin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho ${version}\n`);
  chmodSync(file, 0o755);
  return folder;
}
