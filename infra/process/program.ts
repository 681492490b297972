import { accessSync, constants, statSync } from 'node:fs';

/** Whether it can be run; an empty file is what an interrupted download leaves. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    const found = statSync(file);
    return found.isFile() && found.size > 0;
  } catch {
    return false;
  }
}
