import fc from 'fast-check';
import { parseDefinitions } from '../../../infra/definition/parse';
import type { RollupDefinition } from '../../../infra/model/definition';

let next = 0;

/** null: the rules for files refuse it. */
function parsed(name: string, text: string): RollupDefinition | null {
  return (
    parseDefinitions(`apiVersion: tidemark/v1\nname: ${name}\n${text}`, name).definitions[0]?.definition ??
    null
  );
}

export function definition(name: string, text: string): RollupDefinition {
  const definition = parsed(name, text);
  if (definition === null) throw new Error(`the definition of ${name} is wrong`);
  return definition;
}

export const choice = fc.record({
  partition: fc.constantFrom(
    '',
    'partition: { every: 1 month },',
    'partition: { every: 1 day, retention: 2 weeks },',
    'partition: { every: 1 week },',
  ),
  capture: fc.constantFrom('statements', 'rows'),
  dimensions: fc.subarray(['device', 'Kind of "site"', 'level']),
  measures: fc.subarray(['count', 'sum', 'avg', 'min', 'max', 'stddev', 'first', 'last'], { minLength: 1 }),
  tiers: fc.constantFrom(
    '{ every: 15 minutes, retention: 7 days }, { every: 1 hour }',
    '{ every: 24 hours, retention: 400 days }, { every: 1 month, timeZone: UTC }',
    '{ every: 30 minutes, retention: 36 hours }, { every: 1 day, timeZone: Asia/Kolkata, retention: 5 weeks }',
    '{ every: 1 hour }, { every: 7 days, timeZone: Europe/Berlin }',
  ),
  lag: fc.constantFrom('0 seconds', '90 seconds', '1 day'),
});
type Choice = typeof choice extends fc.Arbitrary<infer T> ? T : never;

export function generated({
  partition,
  capture,
  dimensions,
  measures,
  tiers,
  lag,
}: Choice): RollupDefinition | null {
  next += 1;
  return parsed(
    `r${next}`,
    `source:
  table: raw."Source ${next}"
  time: at
  columns: { at: timestamptz not null, value: double precision, device: text, 'Kind of "site"': uuid, level: smallint }
  ${partition === '' ? '' : partition.replace(/,$/, '')}
  capture: ${capture}
dimensions: ${JSON.stringify(dimensions)}
measures: { value: [${measures.join(', ')}], "*": [count] }
tiers: [${tiers}]
refresh: { lag: ${lag} }
`,
  );
}
