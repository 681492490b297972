import type { Context, Level } from './context';
import { dimensionColumns, equalKey, hasNull, sameKey } from './keys';
import { insertInto, keyList, type Rows, statesOfKeys } from './rows';
import { conditions, list, type Named, select, withNamed } from './text';

/**
 * $1 dirty keys (text[] of the dirty table's rows), $2 coverage of this tier, $3 coverage of the tier below (a bucket that it
 * does not hold whole comes from the source), $4 and $5 bounds of the source times that the keys can touch. Recomputes each
 * key whose bucket is materialized. Rows are compared by their bytes: 1.0 and 1.00 are equal numbers and different answers.
 */
export function recompute(context: Context, level: Level, source: Rows, finer: Rows | null): string {
  const removals = removeVanished(level);
  return withNamed(
    [
      { name: 'keys', materialized: true, sql: dueKeys(context, level) },
      ...freshRows(level, source, finer),
      { name: 'written', sql: written(level) },
      {
        name: 'vanished',
        materialized: true,
        sql: `select * from keys\nexcept\nselect ${['bucket', ...level.dimensions.map((d) => d.name)].join(', ')} from fresh`,
        why: 'Keys that have no source rows any more.',
      },
      ...removals,
    ],
    select([
      '(select count(*) from keys) as keys',
      '(select count(*) from written) as written',
      `${removals.map(({ name }) => `(select count(*) from ${name})`).join(' + ')} as removed`,
    ]),
  );
}

/** Keys of this tier whose buckets are materialized. */
function dueKeys(context: Context, { bucket, dimensions }: Level): string {
  const start = bucket.start('d.bucket');
  const key = list('select distinct', [`${start} as bucket`, ...dimensionColumns({ dimensions }, 'd')]);
  return [key, `from unnest($1::${context.dirty}[]) d`, `where ${start} <@ $2`].join('\n');
}

/** `fresh`: the state of those keys that have rows, and what it is made of. */
function freshRows(level: Level, source: Rows, finer: Rows | null): readonly Named[] {
  const { bucket } = level;
  const whole = `tstzrange(k.bucket, ${bucket.end('k.bucket')}) <@ $3`;
  const from = (rows: Rows, ...where: string[]) => statesOfKeys(level, { keys: 'keys', from: rows, where });
  const within = ({ time }: Rows) => [`s.${time} >= $4`, `s.${time} < $5`];
  const all = (sql: string): Named => ({ name: 'fresh', materialized: true, sql });
  if (finer === null) return [all(from(source, ...within(source), '$3::tstzmultirange is not null'))];
  return [
    {
      name: 'from_finer',
      sql: from(finer, whole, ...within(finer)),
      why: 'Where the finer tier holds the whole bucket.',
    },
    { name: 'from_source', sql: from(source, ...within(source), `not ${whole}`), why: 'Where it does not.' },
    all('select * from from_finer\nunion all\nselect * from from_source'),
  ];
}

/** Writes what is new or differs by its bytes, in key order. */
function written(level: Level): string {
  const { states } = level;
  const row = (alias: string) => `row(${states.map((s) => `${alias}.${s.name}`).join(', ')})`;
  return [
    insertInto(level, ' as t'),
    'select *',
    'from fresh',
    `order by ${keyList(level)}`,
    list(
      `on conflict (${keyList(level)}) do update set`,
      states.map((s) => `${s.name} = excluded.${s.name}`),
    ),
    `where record_image_ne(${row('t')}, ${row('excluded')})`,
    'returning 1',
  ].join('\n');
}

/** Deletes of keys that have no source rows any more: by plain equality, which the key's index serves, and with NULLs. */
function removeVanished(level: Level): readonly Named[] {
  const remove = (match: readonly string[]) =>
    [
      `delete from ${level.table} t`,
      'using vanished k',
      conditions('where', ['t.bucket = k.bucket', ...match]),
      'returning 1',
    ].join('\n');
  if (level.dimensions.length === 0) return [{ name: 'gone', sql: remove([]) }];
  const isNull = hasNull(level, 'k');
  return [
    { name: 'gone', sql: remove([...equalKey(level, 'k', 't'), `not ${isNull}`]) },
    { name: 'gone_null', sql: remove([...sameKey(level, 'k', 't'), isNull]) },
  ];
}
