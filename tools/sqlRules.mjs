// The rules for what lies below sql/functions, procedures, views and aggregates: one object a file, found by its name.

const KINDS = { functions: 'function', procedures: 'procedure', views: 'view', aggregates: 'aggregate' };
const LONGEST = 130;

/** A file's statements on one line: without comments, bodies between dollar signs, and strings. */
const statements = (text) => text.replace(/--[^\n]*|\$\$[\s\S]*?\$\$|'(?:[^']|'')*'|\s+/g, ' ').toLowerCase();

/** What a file creates: `object` as in `function rollup.tick`, and its list of parameters. */
const created = (text) =>
  [...statements(text).matchAll(/\bcreate (?:or replace )?(\w+ [\w.]+) ?(\([^)]*\))?/g)].map(
    ([, object, parameters]) => ({ object, parameters: parameters ?? '' }),
  );

/** The type of each parameter in one word: `(p_state double precision[], p_value boolean)` gives float8 and boolean. */
const typeWords = (parameters) => [
  ...new Set(
    [...parameters.matchAll(/[(,] ?(?:p_\w+ )?(\w+)/g)].map(([, word]) =>
      word === 'double' ? 'float8' : word,
    ),
  ),
];

/** What is wrong with a file that creates one object; `overloaded` if other files create objects of its name. */
function objectProblems(path, text, { object, parameters }, overloaded) {
  const [folder, file] = path.split('/');
  const [kind, qualified] = object.split(' ');
  const name = qualified.replace(/^rollup\./, '');
  const problems = [];
  if (kind !== KINDS[folder]) problems.push(`it creates a ${kind}, and lies in ${folder}`);
  if (name === qualified) problems.push(`it creates ${name}, which does not name its schema, rollup`);
  const names = overloaded ? typeWords(parameters).map((word) => `${name}_${word}.sql`) : [`${name}.sql`];
  if (!names.includes(file)) problems.push(`by what it creates, its name is ${names.join(' or ')}`);
  const comments = statements(text).match(/\bcomment on \w+ [\w.]+/g) ?? [];
  if (comments.join() !== `comment on ${object}`) problems.push(`it needs one comment, on ${object}`);
  return problems;
}

/**
 * What is wrong with files that define objects, one sentence each. `files` are `{ path, text }`, with paths below sql/.
 *
 * A file has the name of its object. Where several overloads have that name, each file adds an underscore and the
 * type of the parameter that tells it from the others: first_value_numeric.sql, first_value_float8.sql.
 */
export function sqlProblems(files) {
  const all = files.flatMap(({ text }) => created(text).map(({ object }) => object));
  return files.flatMap(({ path, text }) => {
    const found = created(text);
    const problems =
      found.length === 1
        ? objectProblems(path, text, found[0], all.filter((object) => object === found[0].object).length > 1)
        : [`it creates ${found.length} objects, not one`];
    for (const [index, line] of text.split('\n').entries())
      if (line.length > LONGEST) problems.push(`line ${index + 1} is longer than ${LONGEST} characters`);
    return problems.map((problem) => `sql/${path}: ${problem}.`);
  });
}
