import { describe, expect, test } from 'vitest';
import { type Plan, statement, step } from '../../../infra/plan/plan';
import { planText } from '../../../infra/plan/planText';

const plan: Plan = {
  steps: [
    step('write the definition of m', [
      statement('delete from rollup.timeseries_dimension_config where rollup = $1', 'm'),
      statement('insert into t\n  (a, b)\nvalues ($1, $2);', null, { k: "it's" }),
    ]),
    step('capture changes of "raw"."m"', [statement('select 1')], {
      lock: { on: '"raw"."m"', mode: 'share row exclusive' },
      estimate: { rows: 3_000_000.4, bytes: 1_300_000_000 },
    }),
    step('drop silver."m_1h"', [statement('drop table silver."m_1h"')], {
      lock: { on: 'silver."m_1h"', mode: 'access exclusive' },
      hazards: ['data-loss'],
    }),
    step('note it', [], { lock: { on: 't', mode: 'row exclusive' } }),
  ],
  basis: '1a2b',
};

describe('a plan for people', () => {
  test('says what is done, locked, read and at risk', () => {
    expect(planText(plan)).toBe(`1. write the definition of m
2. capture changes of "raw"."m"
   locks: "raw"."m", share row exclusive (writers wait, readers do not)
   reads: about 3,000,000 rows, 1.21 GB
3. drop silver."m_1h"
   locks: silver."m_1h", access exclusive (readers and writers wait)
   hazard: data-loss, loses what cannot come back
4. note it
   locks: t, row exclusive
4 steps, in one transaction. Made from 1a2b.`);
  });

  test('shows the statements as they are executed, and their values', () => {
    const [first] = plan.steps;
    expect(
      planText({ steps: first ? [first] : [], basis: '1a2b' }, { sql: true }),
    ).toBe(`1. write the definition of m
   delete from rollup.timeseries_dimension_config where rollup = $1;
     -- $1 = "m"
   insert into t
     (a, b)
   values ($1, $2);
     -- $1 = null
     -- $2 = {"k":"it's"}
1 step, in one transaction. Made from 1a2b.`);
  });

  test('without steps says so', () => {
    expect(planText({ steps: [], basis: '1a2b' })).toBe('Nothing to do. Made from 1a2b.');
  });

  test.each([
    [0, '0 bytes'],
    [1023, '1023 bytes'],
    [8192, '8 kB'],
    [5 * 1024 ** 5, '5120 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    const read = step('read', [], { estimate: { rows: 0, bytes } });
    expect(planText({ steps: [read], basis: '' })).toContain(`   reads: about 0 rows, ${text}\n`);
  });
});
