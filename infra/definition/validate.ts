/** The plain value of one document against the schema and the checks between its keys. */
import type { z } from 'zod';
import { checkDefinition } from './crossChecks';
import type { Problem } from './errors';
import { Definition, Sections } from './schema';
import { unknownKeyMessage } from './unknownKey';

export interface Validation {
  readonly sections: Sections;
  /** null when the shape is wrong; problems between keys do not count here. */
  readonly whole: Definition | null;
  readonly problems: readonly Problem[];
}

type Issue = z.core.$ZodIssue;

function isUnknownKeys(issue: Issue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === 'unrecognized_keys';
}

function shapeProblems(issue: Issue): readonly Problem[] {
  if (!isUnknownKeys(issue)) return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => {
    return { path: [...issue.path, key], at: 'key', message: unknownKeyMessage(issue.path, key) };
  });
}

function isMap(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}

function without(value: unknown, path: readonly PropertyKey[], keys: readonly string[]): unknown {
  if (!isMap(value)) return value;
  const [part, ...rest] = path;
  if (part === undefined)
    return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
  const inner = without(value[part], rest, keys);
  return Array.isArray(value) ? value.with(Number(part), inner) : { ...value, [part]: inner };
}

/** What is left of a document when unknown keys and the sections with other mistakes are taken away. */
function validSections(value: unknown, issues: readonly Issue[]): Sections {
  const failed = issues.filter((issue) => !isUnknownKeys(issue)).map(({ path }) => String(path[0]));
  const known = issues
    .filter(isUnknownKeys)
    .reduce((rest, { path, keys }) => without(rest, path, keys), value);
  const parsed = Sections.safeParse(without(known, [], failed));
  const sections: Sections = parsed.data ?? {};
  // A failed section must stay unknown: a default in its place would be judged instead of what was written.
  return Object.fromEntries(Object.entries(sections).filter(([section]) => !failed.includes(section)));
}

/** All problems of one document. Checks between keys run on whatever sections are valid by themselves. */
export function validate(value: unknown): Validation {
  const parsed = Definition.safeParse(value);
  const issues = parsed.error?.issues ?? [];
  const sections = parsed.data ?? validSections(value, issues);
  const problems = [...issues.flatMap(shapeProblems), ...checkDefinition(sections)];
  return { sections, whole: parsed.data ?? null, problems };
}
