import type { Client } from 'pg';

/** Functions of the engine as they are in a database, with one thing broken: what the exactness tests must notice. */
export interface Mutation {
  readonly name: string;
  readonly function: string;
  readonly find: string | RegExp;
  readonly replace: string;
}

export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'the horizon is the clock',
    function: 'rollup.horizon',
    find: /return v_at;/,
    replace: 'return clock_timestamp();',
  },
  {
    name: 'the horizon looks at the snapshot instead of ids taken after the clock',
    function: 'rollup.tick',
    find: 'pg_current_xact_id())',
    replace: '(pg_snapshot_xmax(pg_current_snapshot())::text::numeric - 40)::text::xid8)',
  },
  {
    name: 'in-flight writers of partitions are not looked for',
    function: 'rollup.horizon',
    find: /select relid from pg_partition_tree\(p_source\) union select p_source/,
    replace: 'select 0::oid',
  },
  {
    name: 'updates are not captured',
    function: 'rollup.capture_series',
    find: /elsif tg_op = 'DELETE' then/,
    replace: "elsif tg_op = 'UPDATE' then return null; elsif tg_op = 'DELETE' then",
  },
  {
    name: 'deletes are not captured',
    function: 'rollup.capture_series',
    find: /elsif tg_op = 'DELETE' then/,
    replace: "elsif tg_op = 'DELETE' then return null; elsif false then",
  },
  {
    name: 'TRUNCATE is not captured',
    function: 'rollup.capture_series',
    find: /if tg_op = 'TRUNCATE' then/,
    replace: "if tg_op = 'TRUNCATE' then return null;",
  },
  {
    name: 'a bucket counts as ended only a second later',
    function: 'rollup.capture_series',
    find: /v_open( +)timestamptz := date_bin\(([^,]+), clock_timestamp\(\)/,
    replace: "v_open timestamptz := date_bin($2, clock_timestamp() - interval '1 second'",
  },
  {
    name: 'new partitions get no triggers',
    function: 'rollup.create_capture_triggers',
    find: /\bbegin\n/,
    replace: 'begin\n  return;\n',
  },
];

/** Replaces the function; fails if the text to break is not there any more. */
export async function mutate(client: Client, mutation: Mutation): Promise<void> {
  const found = await client.query<{ text: string }>('select pg_get_functiondef($1::regproc) as text', [
    mutation.function,
  ]);
  const text = found.rows[0]?.text ?? '';
  const broken = text.replace(mutation.find, mutation.replace);
  if (broken === text) throw new Error(`the mutation "${mutation.name}" finds nothing to break`);
  await client.query(broken);
}
