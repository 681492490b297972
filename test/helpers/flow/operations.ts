import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Random } from '../random';
import { SOURCE_SQL } from './rollups';
import { anyOffset, insertRows, row, someLeaf, someRows, timeIn } from './rows';
import type { Flow } from './source';

export interface Actor {
  readonly client: Client;
  readonly random: Random;
  readonly flow: Flow;
}

type Operation = (actor: Actor) => Promise<void>;

const change = ({ flow, random }: Actor): string => {
  const count = random.weighted([
    [4, 1],
    [3, random.int(2, 10)],
    [0.5, random.int(20, 40)],
  ]);
  const insert = insertRows(flow, random, count, () => anyOffset(flow, random));
  const setValues = `i = coalesce(i, 0) + ${random.int(-5, 5)}, n = n + 0.125, f = f + 1.5, b = not b, t = t || 'u'`;
  const move = `"At" = "At" + ${random.int(-8000, 4000)} * interval '1 millisecond', k = ${random.int(0, 6)}, "Odd ""Name" = nullif('S${random.int(0, 2)}', 'S1')`;
  return random.weighted([
    [8, insert],
    [2, `update ${SOURCE_SQL} set ${setValues} where ${someRows(flow, random)}`],
    [2, `update ${SOURCE_SQL} set ${move} where ${someRows(flow, random)}`],
    [2, `delete from ${SOURCE_SQL} where ${someRows(flow, random)}`],
    [1, moveByCte({ flow, random })],
    [1, upsert({ flow, random })],
    [1, merge({ flow, random })],
    [2, leafChange({ flow, random })],
  ]);
};

type Choice = Omit<Actor, 'client'>;

/** Deletes rows and inserts them elsewhere, in one statement: both triggers see one snapshot. */
const moveByCte = ({ flow, random }: Choice): string =>
  `with gone as (delete from ${SOURCE_SQL} where ${someRows(flow, random)} returning *)
   insert into ${SOURCE_SQL} select id, "At" + ${random.int(-3000, 3000)} * interval '1 millisecond', k, "Odd ""Name", i, n, f, b, t from gone`;

const upsert = ({ flow, random }: Choice): string =>
  `insert into ${SOURCE_SQL} select * from (select * from ${SOURCE_SQL} where ${someRows(flow, random)} limit 5) x
   union all (values ${row(flow, random, `clock_timestamp() + ${anyOffset(flow, random)} * interval '1 millisecond'`)})
   on conflict (id, "At") do update set i = coalesce(excluded.i, 0) + 1, k = excluded.k, t = 'upserted'`;

const merge = ({ flow, random }: Choice): string =>
  `merge into ${SOURCE_SQL} d using (select * from ${SOURCE_SQL} where ${someRows(flow, random)} limit 8) s on d.id = s.id and d."At" = s."At"
   when matched and d.id % 3 = 0 then delete
   when matched and d.id % 3 = 1 then update set i = 7, "At" = d."At" + interval '700 milliseconds', k = nullif(d.k, 2)
   when matched then update set n = d.n + 1
   when not matched then insert values (s.id, s."At", s.k, s."Odd ""Name", s.i, s.n, s.f, s.b, s.t)`;

/** Straight into, or in, one partition. */
const leafChange = ({ flow, random }: Choice): string => {
  const leaf = someLeaf(flow, random);
  const rows = Array.from({ length: random.int(1, 6) }, () => row(flow, random, timeIn(leaf, random)));
  return random.weighted([
    [4, `insert into ${leaf.sql} values ${rows.join(', ')}`],
    [
      1,
      `update ${leaf.sql} set i = coalesce(i, 0) + 1, k = ${random.int(0, 6)} where ${someRows(flow, random)}`,
    ],
    [1, `delete from ${leaf.sql} where ${someRows(flow, random)}`],
  ]);
};

const pause = ({ random }: Actor): Promise<void> =>
  sleep(
    random.weighted([
      [8, random.int(0, 150)],
      [2, random.int(150, 900)],
      [0.3, random.int(900, 3000)],
    ]),
  );

const begin = ({ random }: Actor): string =>
  `begin isolation level ${random.weighted([
    [6, 'read committed'],
    [2, 'repeatable read'],
    [1, 'serializable'],
  ])}`;

const alone: Operation = async (actor) => {
  await actor.client.query(change(actor));
};

const transaction: Operation = async (actor) => {
  const { client, random } = actor;
  await client.query(begin(actor));
  for (let left = random.int(1, 3); left > 0; left--) {
    await client.query(change(actor));
    await pause(actor);
  }
  await client.query(random.chance(0.2) ? 'rollback' : 'commit');
};

const savepoints: Operation = async (actor) => {
  const { client, random } = actor;
  await client.query(begin(actor));
  if (random.chance(0.7)) await client.query(change(actor));
  for (let left = random.int(1, 3); left > 0; left--) {
    await client.query('savepoint s');
    await client.query(change(actor));
    await pause(actor);
    await client.query(random.chance(0.5) ? 'rollback to savepoint s' : 'release savepoint s');
  }
  await client.query(random.chance(0.15) ? 'rollback' : 'commit');
};

const copy: Operation = async ({ client, random, flow }) => {
  const target = random.chance(0.3) ? someLeaf(flow, random) : null;
  const stream = client.query(
    copyFrom(`copy ${target?.sql ?? SOURCE_SQL} (id, "At", k, "Odd ""Name", i, n, f, b, t) from stdin`),
  );
  const lines = Array.from({ length: random.int(1, 20) }, () => {
    const at =
      target === null
        ? Date.now() + anyOffset(flow, random)
        : random.int(target.from, Math.min(target.to - 1, Date.now()));
    const name = random.pick(['S0', 'S2', '\\N']);
    return `${flow.nextId++}\t${new Date(at).toISOString()}\t${random.pick(['\\N', '1', '2', '5'])}\t${name}\t${random.int(0, 99)}\t1.500\t2.25\tt\tcopied\n`;
  });
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject).on('finish', resolve);
    stream.end(lines.join(''));
  });
};

const prepared: Operation = async (actor) => {
  const { client, random, flow } = actor;
  const name = `p${flow.nextId++}`;
  await client.query('begin');
  await client.query(change(actor));
  if (random.chance(0.5)) await client.query(change(actor));
  await client.query(`prepare transaction '${name}'`);
  await pause(actor);
  await client.query(`${random.chance(0.25) ? 'rollback' : 'commit'} prepared '${name}'`);
};

export const OPERATIONS: readonly (readonly [weight: number, operation: Operation])[] = [
  [10, alone],
  [5, transaction],
  [3, savepoints],
  [2, copy],
  [1.5, prepared],
];
