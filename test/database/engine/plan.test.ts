import type { Client } from 'pg';
import { beforeEach, describe, expect, it } from 'vitest';
import { applyRollup } from '../../../infra/db/rollup/apply';
import { readBasis } from '../../../infra/db/rollup/basis';
import { observeRollup } from '../../../infra/db/rollup/observe';
import { planRollup } from '../../../infra/db/rollup/plan';
import { removeRollup } from '../../../infra/db/rollup/remove';
import { objectRows, proposedNames } from '../../../infra/model/names';
import type { Plan, Statement } from '../../../infra/plan/plan';
import { createSource, rollup, useDatabase, value } from '../../helpers/fixture';

const db = useDatabase();
const definition = rollup('m', { source: { table: { schema: 'raw', table: 'src' } } });
const OPTIONS = { schedule: false };

/** Every statement that a piece of work sends, in its order. */
async function recorded(client: Client, work: () => Promise<unknown>): Promise<readonly Statement[]> {
  const sent: Statement[] = [];
  const { query } = client;
  const spy = (...args: unknown[]) => {
    sent.push({ text: String(args[0]), values: Array.isArray(args[1]) ? args[1] : [] });
    return (query as (...all: unknown[]) => unknown).apply(client, args);
  };
  Object.assign(client, { query: spy });
  try {
    await work();
  } finally {
    Object.assign(client, { query });
  }
  return sent;
}

async function start(): Promise<void> {
  await db.client.query('set search_path = pg_catalog, pg_temp');
  await removeRollup(db.client, 'm', 'drop');
  await db.client.query('drop table if exists raw.src cascade');
  await createSource(db.client, 'src');
}

describe('a plan', () => {
  beforeEach(start);

  it.each(['a new rollup', 'one that is there', 'one that lost a table, a trigger and its view'])(
    'of %s is what is executed, between what is read before it and after it',
    async (state) => {
      if (state !== 'a new rollup') await applyRollup(db.client, definition, OPTIONS);
      if (state.includes('lost'))
        await db.client.query(
          'drop view gold.m_1m; drop table silver.m_1m cascade; drop trigger rollup_i_m on raw.src',
        );
      const plans: Plan[] = [];
      let before = 0;
      const sent = await recorded(db.client, () =>
        applyRollup(db.client, definition, OPTIONS, (plan) => {
          plans.push(plan);
        }),
      );
      const [plan] = plans;
      const planned = plan?.steps.flatMap((step) => step.sql) ?? [];
      const first = planned[0]?.text;
      before = sent.findIndex(({ text }) => text === first);
      expect(plans).toHaveLength(1);
      expect(sent.slice(before, before + planned.length)).toEqual(planned);
      // Around it nothing but reading, and the transaction.
      const around = [...sent.slice(0, before), ...sent.slice(before + planned.length)];
      for (const { text } of around) expect(text.trim()).toMatch(/^\(?(select|with|begin|commit)\b/);
      expect(plan?.steps.some((step) => step.title.startsWith('start coverage over'))).toBe(
        state.includes('lost'),
      );
    },
  );

  it('is the same for the same database, and names another basis after a change', async () => {
    await applyRollup(db.client, definition, OPTIONS);
    const plan = async () => planRollup(definition, await readBasis(db.client, definition), OPTIONS);
    const first = await plan();
    const { basis, steps } = await plan();
    expect(basis).toBe(first.basis);
    const unestimated = steps.map((step) => ({ ...step, estimate: null }));
    expect(unestimated).toEqual(first.steps.map((step) => ({ ...step, estimate: null })));
    // Figures of an estimate decide nothing, and move with every ANALYZE.
    await db.client.query(
      `insert into raw.src select now(), 'z', 1 from generate_series(1, 5000); analyze raw.src`,
    );
    expect((await plan()).basis).toBe(first.basis);
    await db.client.query('alter table raw.src add column other integer');
    expect((await plan()).basis).not.toBe(first.basis);
  });

  it('of a new rollup says which lock it takes on the source', async () => {
    const plan = planRollup(definition, await readBasis(db.client, definition), OPTIONS);
    expect(plan.steps.map(({ title, lock }) => [title, lock?.mode ?? null])).toEqual([
      ['write the definition and the statements of m', null],
      ['create rollup."dirty_m"', null],
      ['create rollup."late_m"', null],
      ['create silver."m_1s"', null],
      ['create silver."m_1m"', null],
      ['replace rollup."capture_m"', null],
      ['replace gold."m_1s"', 'access exclusive'],
      ['replace gold."m_1m"', 'access exclusive'],
      ['move the retention of the tiers on', null],
      ['capture changes of "raw"."src"', 'share row exclusive'],
      ['let publications have its tables', null],
      ['remember the texts of what was made, and what the names of the source mean', null],
    ]);
  });
});

describe('the catalogue', () => {
  beforeEach(start);

  it('holds what belongs to a rollup, in one live generation', async () => {
    await applyRollup(db.client, definition, OPTIONS);
    const rows = await db.client.query(
      `select o.kind, o.part, o.name from rollup.generation g join rollup.generation_object o using (rollup, generation)
        where g.rollup = 'm' and g.live and g.generation = 1`,
    );
    const sorted = (list: readonly unknown[]) => list.map((row) => JSON.stringify(row)).sort();
    expect(sorted(rows.rows)).toEqual(sorted(objectRows(definition, proposedNames(definition))));
  });

  it('decides what refreshes, observing and removing work on, not the name of the rollup', async () => {
    await applyRollup(db.client, definition, OPTIONS);
    await db.client.query(`
      alter table silver.m_1s rename to other_table; alter table rollup.dirty_m rename to other_log;
      update rollup.generation_object set name = 'silver."other_table"' where kind = 'state' and part = '1s';
      update rollup.generation_object set name = 'rollup."other_log"' where kind = 'dirty'`);
    // Deploying writes the statements and views for these names.
    const observed = await applyRollup(db.client, definition, OPTIONS);
    expect(observed.owned.objects).toBe('intact');
    await db.client.query(`insert into raw.src values (now() - interval '1 hour', 'a', 1)`);
    await db.client.query(`call rollup.perform_rollup('m', true)`);
    expect(await value(db.client, 'select count(*)::integer from silver.other_table')).toBe(1);
    expect(await value(db.client, `select to_regclass('silver.m_1s')`)).toBeNull();
    await removeRollup(db.client, 'm', 'drop');
    expect(await value(db.client, `select to_regclass('silver.other_table')`)).toBeNull();
  });

  it('lets a rollup be read back and removed whose source has lost its columns', async () => {
    await applyRollup(db.client, definition, OPTIONS);
    await db.client.query('alter table raw.src rename column k to kk');
    const observed = await observeRollup(db.client, 'm');
    expect(observed?.owned.objects).toBe(
      'gold.m_1m was changed; gold.m_1s was changed; the source no longer has the column k, which is now called kk',
    );
    expect(observed?.owned.configuration.statements).toBe('as compiled');
    await removeRollup(db.client, 'm', 'retain');
    expect((await observeRollup(db.client, 'm'))?.owned.objects).toBe('retired');
    await removeRollup(db.client, 'm', 'drop');
    expect(await observeRollup(db.client, 'm')).toBeNull();
  });

  it('lets a rollup be read back and removed whose source is gone', async () => {
    await applyRollup(db.client, definition, OPTIONS);
    await db.client.query('drop table raw.src cascade');
    const observed = await observeRollup(db.client, 'm');
    expect(observed?.owned.configuration.source).toBe(
      '"raw"."src" (another table than when it was deployed)',
    );
    await removeRollup(db.client, 'm', 'drop');
    expect(await observeRollup(db.client, 'm')).toBeNull();
  });
});
