/** Messages for keys that a definition does not have. */
import { z } from 'zod';
import { choices, type Path, pathText, show } from './errors';
import { Definition } from './schema';
import { didYouMean } from './suggest';

const PLANNED = ['allow', 'archive'];

/** The schema under defaults and `optional()`. */
function bare(schema: unknown): unknown {
  const wrapped =
    schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault;
  return wrapped ? bare(schema.unwrap()) : schema;
}

function keysAt(path: Path): readonly string[] {
  const at = path.reduce<unknown>((schema, part) => {
    if (schema instanceof z.ZodArray) return bare(schema.element);
    return schema instanceof z.ZodObject ? bare(schema.shape[String(part)]) : undefined;
  }, Definition);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

/** The sentence for one key that is not part of the map at `path`. */
export function unknownKeyMessage(path: Path, key: string): string {
  const allowed = keysAt(path);
  const place = path.length === 0 ? 'a definition' : pathText(path);
  if (PLANNED.includes(key)) {
    return `${pathText([...path, key])}: "${key}" is planned but not in this version; use one of ${choices(allowed)}`;
  }
  return `${show(key)} is not a key of ${place}${didYouMean(key, allowed)}; allowed are ${choices(allowed, 'and')}`;
}
