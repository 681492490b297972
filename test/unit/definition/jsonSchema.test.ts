import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JSON_SCHEMA_FILE, jsonSchemaText } from '../../../infra/definition/jsonSchema';

const ROOT = join(__dirname, '../../..');

test('the committed JSON Schema is the generated one (npm run build && node dist/infra/definition/jsonSchema.js)', () => {
  expect(readFileSync(join(ROOT, JSON_SCHEMA_FILE), 'utf8')).toBe(jsonSchemaText());
});

/** Every object that describes a key: the values of all `properties`. */
function described(schema: unknown, path: string): readonly (readonly [string, unknown])[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => {
    const at = `${path}/${key}`;
    const below = described(value, at);
    if (!path.endsWith('/properties')) return below;
    const description: unknown = 'description' in value ? value.description : undefined;
    return [[at, description] as const, ...below];
  });
}

test('every key has a description, for editors', () => {
  const keys = described(JSON.parse(jsonSchemaText()), '');
  expect(keys.length).toBeGreaterThanOrEqual(20);
  expect(keys.filter(([, description]) => typeof description !== 'string')).toEqual([]);
});
