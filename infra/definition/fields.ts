/** The kinds of values a definition holds; each says what was found and what is allowed. */
import { z } from 'zod';
import { COLUMN_TYPE_WORDS, COLUMN_TYPES, parseColumnType } from '../model/columnType';
import { compareIntervals } from '../model/interval';
import { choices, mustBe, show } from './errors';
import {
  byteLength,
  IDENTIFIER_BYTES,
  IDENTIFIER_FORMS,
  IDENTIFIER_PATTERN,
  identifierProblem,
  isOwnSchema,
  parseTableName,
  TABLE_PATTERN,
} from './identifier';
import { INTERVAL_FORMS, INTERVAL_PATTERN, mixesMonths, readInterval } from './interval';
import { readSchedule, SCHEDULE_FORMS, SCHEDULE_PATTERN } from './schedule';
import { canonicalZone, ZONE_FORMS, ZONE_PATTERN } from './timeZone';

type Issue = z.core.$ZodRawIssue;

/** An error callback: `<path> is <value>; it must be <allowed>`. */
export function must(allowed: string | ((value: unknown) => string)): (issue: Issue) => string {
  return (issue) => {
    const { input } = issue;
    return mustBe(issue.path ?? [], input, typeof allowed === 'string' ? allowed : allowed(input));
  };
}

/** Text with a rule of its own, where a text of the wrong form and a value of the wrong type read the same. */
function text(rule: (value: string) => boolean, allowed: string | ((value: unknown) => string)) {
  const error = must(allowed);
  return z.string({ error }).refine(rule, { error });
}

function identifierForms(what: string): (value: unknown) => string {
  return (value) => {
    const tooLong = typeof value === 'string' && byteLength(value) > IDENTIFIER_BYTES;
    return `${what} of ${IDENTIFIER_FORMS}${tooLong ? `, and this one has ${byteLength(value)}` : ''}`;
  };
}

/** A column name, exactly as in the database. */
export function column(what = 'a column name') {
  return text((name) => identifierProblem(name) === null, identifierForms(what)).meta({
    minLength: 1,
    maxLength: 63,
    pattern: IDENTIFIER_PATTERN,
  });
}

/** Names whose objects the engine has already: its tables `rollup.dirty_<name>`. */
const TAKEN: readonly string[] = ['range'];

/** The name of a rollup: part of many object names, so it needs no quoting anywhere. */
export function rollupName() {
  const form = /^[a-z][a-z0-9_]*$/;
  const allowed = (name: unknown): string =>
    typeof name === 'string' && TAKEN.includes(name)
      ? `another name, because rollup.dirty_${name} is a table of the engine`
      : 'a lower-case letter followed by lower-case letters, digits and underscores';
  return text((name) => form.test(name) && !TAKEN.includes(name), allowed).meta({
    pattern: `^(?!(?:${TAKEN.join('|')})$)[a-z][a-z0-9_]*$`,
    maxLength: 52,
    examples: ['flight_delays'],
  });
}

/** `schema.table`. */
export function tableName() {
  const forms = (value: unknown): string => {
    const name = typeof value === 'string' ? parseTableName(value) : null;
    if (name === null) {
      return 'written schema.table, such as raw.flights, with "double quotes" around a part of other characters or upper case, each part of at most 63 bytes';
    }
    return `in a schema of yours, such as raw, because ${show(name.schema)} belongs to Tidemark, an extension or PostgreSQL`;
  };
  return text((value) => {
    const name = parseTableName(value);
    return name !== null && !isOwnSchema(name.schema);
  }, forms).meta({ pattern: TABLE_PATTERN, examples: ['raw.flights'] });
}

/** An interval of at least `least` and at most `most`, with an optional word (`forever`) besides. */
export function intervalText(options: {
  allowed: string;
  examples: readonly string[];
  least?: string;
  most?: string;
  word?: string;
}) {
  const { allowed, examples, least = '1 millisecond', most = '1000 years', word } = options;
  const fits = (value: string): boolean => {
    if (value === word) return true;
    const canonical = readInterval(value);
    return (
      canonical !== null && compareIntervals(canonical, least) >= 0 && compareIntervals(canonical, most) <= 0
    );
  };
  const forms = (value: unknown): string => {
    const readable = typeof value === 'string' && readInterval(value) !== null;
    if (readable) return allowed;
    const mixed = typeof value === 'string' && mixesMonths(value);
    return `${allowed}: ${INTERVAL_FORMS}${mixed ? ', where months and years are not mixed with shorter units' : ''}`;
  };
  const pattern = word === undefined ? INTERVAL_PATTERN : `${INTERVAL_PATTERN}|^${word}$`;
  return text(fits, forms).meta({ pattern, examples: [...examples] });
}

/** A pattern for words in any case and spacing: JSON Schema knows no flags. */
function spelled(words: string): string {
  return words.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`).replace(/ /g, '\\s+');
}

/** A column type with an optional `not null`. */
export function columnType() {
  const allowed = `${choices(COLUMN_TYPES)}, with "not null" after it where NULL is not allowed`;
  return text((value) => parseColumnType(value) !== null, allowed).meta({
    pattern: `^\\s*(?:${COLUMN_TYPE_WORDS.map(spelled).join('|')})(?:\\s+${spelled('not null')})?\\s*$`,
    examples: ['timestamptz not null', 'text', 'double precision'],
  });
}

/** An IANA time zone. */
export function timeZone() {
  return text((value) => canonicalZone(value) !== null, ZONE_FORMS).meta({
    pattern: ZONE_PATTERN,
    examples: ['America/New_York', 'Europe/Berlin', 'UTC'],
  });
}

/** A pg_cron schedule. */
export function schedule() {
  return text((value) => readSchedule(value) !== null, SCHEDULE_FORMS).meta({
    pattern: SCHEDULE_PATTERN,
    examples: ['* * * * *', '*/5 * * * *', '30 seconds'],
  });
}

/** One of a few words. */
export function oneOf<const T extends readonly [string, ...string[]]>(words: T) {
  return z.enum(words, { error: must(choices(words)) });
}
