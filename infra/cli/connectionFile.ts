import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Connection } from '../connection/connection';
import { requireConnection } from '../connection/rules';
import { TidemarkError } from '../model/error';

/**
 * A connection in a file, JSON or YAML, as `pulumi stack output connection --json` prints it. It names where the
 * credential is and holds none. Its relative paths begin in the working directory.
 */
export function readConnectionFile(path: string): Connection {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TidemarkError(`${path} cannot be read.`, { cause });
  }
  return parseConnection(text, path);
}

/** @param place Where the text is from, for errors. */
export function parseConnection(text: string, place: string): Connection {
  const hint = 'Write it with: pulumi stack output connection --json > connection.json';
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    // Without the cause, which quotes the text.
    throw new TidemarkError(`${place} is neither JSON nor YAML.`, { hint });
  }
  try {
    return requireConnection(value);
  } catch (cause) {
    throw new TidemarkError(`${place}: ${cause instanceof Error ? cause.message : String(cause)}`, { hint });
  }
}
