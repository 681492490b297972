/** Checks a normalized definition that did not come from a file: by the very rules that files are checked by. */
import { z } from 'zod';
import { pathText, show } from '../definition/errors';
import { normalize } from '../definition/normalize';
import { validate } from '../definition/validate';
import { AGGREGATES, type RollupDefinition } from '../model/definition';
import { isUnknownAt } from './unknown';

/** Pulumi may drop members that are null: absent means null. */
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable().default(null);

/** The shape of RollupSpec. What the values may be is decided by the rules for files. */
const Shape: z.ZodType<RollupDefinition> = z.strictObject({
  name: z.string(),
  source: z.strictObject({
    table: z.strictObject({ schema: z.string(), table: z.string() }),
    time: z.string(),
    columns: orNull(z.array(z.strictObject({ name: z.string(), type: z.string(), nullable: z.boolean() }))),
    partition: orNull(z.strictObject({ every: z.string(), retention: orNull(z.string()) })),
    capture: z.enum(['statements', 'rows']),
  }),
  dimensions: z.array(z.string()),
  measures: z.array(z.strictObject({ column: z.string(), aggregates: z.array(z.enum(AGGREGATES)) })),
  tiers: z.array(
    z.strictObject({
      every: z.string(),
      timeZone: orNull(z.string()),
      retention: orNull(z.string()),
      suffix: z.string(),
    }),
  ),
  refresh: z.strictObject({ schedule: z.string(), lag: z.string() }),
  onDelete: z.enum(['retain', 'drop']),
});

const quoted = (part: string): string => `"${part.replaceAll('"', '""')}"`;

/** The definition as a file would say it. */
function asWritten({ source, measures, tiers, ...rest }: RollupDefinition): unknown {
  const { table, time, columns, partition, capture } = source;
  return {
    apiVersion: 'tidemark/v1',
    ...rest,
    source: {
      table: `${quoted(table.schema)}.${quoted(table.table)}`,
      time,
      ...(columns === null
        ? {}
        : {
            columns: Object.fromEntries(
              columns.map((c) => [c.name, `${c.type}${c.nullable ? '' : ' not null'}`]),
            ),
          }),
      ...(partition === null
        ? {}
        : { partition: { every: partition.every, retention: partition.retention ?? 'forever' } }),
      capture,
    },
    measures: Object.fromEntries(measures.map(({ column, aggregates }) => [column, aggregates])),
    tiers: tiers.map(({ every, timeZone, retention }) => ({
      every,
      ...(timeZone === null ? {} : { timeZone }),
      retention: retention ?? 'forever',
    })),
  };
}

export type CheckedDefinition =
  | { readonly definition: RollupDefinition; readonly problems: readonly [] }
  /** null with no problems: part of it is not known yet. */
  | { readonly definition: null; readonly problems: readonly string[] };

/** The definition in its normal form, or what is wrong with it; what is unknown so far is not judged. */
export function checkDefinition(value: unknown): CheckedDefinition {
  const shape = Shape.safeParse(value);
  if (!shape.success) {
    const issues = shape.error.issues.filter(({ path }) => !isUnknownAt(value, path));
    return {
      definition: null,
      problems: issues.map((i) => `${pathText(['definition', ...i.path])}: ${i.message}`),
    };
  }
  const { whole, problems } = validate(asWritten(shape.data));
  if (problems.length > 0 || whole === null) {
    const known = problems.filter(({ path }) => !isUnknownAt(value, path));
    return { definition: null, problems: known.map(({ message }) => message) };
  }
  const definition = normalize(whole);
  const suffixes = definition.tiers.flatMap(({ suffix }, index) => {
    const given = shape.data.tiers[index]?.suffix;
    return given === suffix ? [] : [`tiers[${index}].suffix is ${show(given)}; it must be ${show(suffix)}`];
  });
  return suffixes.length > 0 ? { definition: null, problems: suffixes } : { definition, problems: [] };
}
