/** The JSON Schema that editors use, generated from the zod schema: `node dist/infra/definition/jsonSchema.js`. */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { Definition } from './schema';

export const JSON_SCHEMA_FILE = 'schema/rollup.schema.json';

/** Text of the file. Draft 7, because the YAML language servers in use know it best. */
export function jsonSchemaText(): string {
  const { $schema, ...rest } = z.toJSONSchema(Definition, { target: 'draft-7', io: 'input' });
  const head = {
    $schema,
    title: 'Tidemark rollup',
    description: 'One time-series rollup, kept exact by PostgreSQL.',
  };
  return `${JSON.stringify({ ...head, ...rest }, null, 2)}\n`;
}

if (require.main === module) writeFileSync(JSON_SCHEMA_FILE, jsonSchemaText());
