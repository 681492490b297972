import { join } from 'node:path';
import { expect, it } from 'vitest';

interface File {
  readonly path: string;
  readonly text: string;
}

async function problems(...files: readonly File[]): Promise<string[]> {
  const module: unknown = await import(join(__dirname, '../../../tools/sqlRules.mjs'));
  return (module as { sqlProblems(files: readonly File[]): string[] }).sqlProblems(files);
}

const made = (path: string, name: string, parameters = '()'): File => ({
  path,
  text: `-- the object's own words
create or replace function rollup.${name}${parameters} returns void language plpgsql as $$
begin
  create temp table x (y integer);  -- in a body
end $$;
comment on function rollup.${name}${parameters} is 'Not create function rollup.other().';
`,
});

it('finds nothing wrong with one object a file, nor with overloads that are told apart by a type', async () => {
  expect(
    await problems(
      made('functions/tick.sql', 'tick'),
      made('functions/step_float8.sql', 'step', '(p_state double precision[], p_value double precision)'),
      made('functions/step_boolean.sql', 'step', '(p_state double precision[], p_value boolean)'),
    ),
  ).toEqual([]);
});

it('names files of other objects than their name says', async () => {
  const tick = made('functions/tick.sql', 'tick').text;
  expect(
    await problems(
      made('functions/tock.sql', 'tick'),
      { path: 'functions/none.sql', text: 'select 1;' },
      { path: 'functions/two.sql', text: made('', 'a').text + made('', 'b').text },
      made('functions/only_text.sql', 'only', '(p_value text)'),
      made('procedures/odd.sql', 'odd'),
      { path: 'functions/bare.sql', text: tick.replaceAll('rollup.tick', 'bare') },
    ),
  ).toEqual([
    'sql/functions/tock.sql: by what it creates, its name is tick.sql.',
    'sql/functions/none.sql: it creates 0 objects, not one.',
    'sql/functions/two.sql: it creates 2 objects, not one.',
    'sql/functions/only_text.sql: by what it creates, its name is only.sql.',
    'sql/procedures/odd.sql: it creates a function, and lies in procedures.',
    'sql/functions/bare.sql: it creates bare, which does not name its schema, rollup.',
  ]);
});

it('names overloads without a type in their name', async () => {
  expect(
    await problems(
      made('functions/step.sql', 'step', '(p_value text)'),
      made('functions/step_p_value.sql', 'step', '(p_value numeric, timestamptz)'),
    ),
  ).toEqual([
    'sql/functions/step.sql: by what it creates, its name is step_text.sql.',
    'sql/functions/step_p_value.sql: by what it creates, its name is step_numeric.sql or step_timestamptz.sql.',
  ]);
});

it('names files without a comment on their object, and long lines', async () => {
  const { path, text } = made('functions/tick.sql', 'tick');
  const long = `-- ${'x'.repeat(127)}`;
  expect(
    await problems({
      path,
      text: text.replace('comment on function rollup.tick', 'comment on function rollup.tock'),
    }),
  ).toEqual(['sql/functions/tick.sql: it needs one comment, on function rollup.tick.']);
  expect(await problems({ path, text: `${text}${long}\n${long}x\n` })).toEqual([
    'sql/functions/tick.sql: line 8 is longer than 130 characters.',
  ]);
});
