import { describe, expect, it } from 'vitest';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, refresh, rollup, useDatabase, value } from '../../helpers/fixture';

describe('values at the ends of their types', () => {
  const db = useDatabase();
  const query = (sql: string) => db.client.query(sql);

  it('an average that is too small for a float is 0, as avg() itself says, and reading it does not fail', async () => {
    await createSource(db.client, 'denormal');
    await query(
      `insert into raw.denormal values ('${day(-1)}', 'decayed', 4.9e-324), ('${day(-1)}', 'decayed', 0),
        ('${day(-1)}', 'fine', 1), ('${day(-1)}', 'none', null)`,
    );
    const compiled = await installRollup(
      db.client,
      rollup('denormal', { measures: [{ column: 'v', aggregates: ['avg'] }] }),
    );
    await expectExact(db.client, compiled);
    await refresh(db.client, 'denormal');
    await expectExact(db.client, compiled);
    expect(await value(db.client, `select jsonb_object_agg(k, v_avg::text) from gold.denormal_1m`)).toEqual({
      decayed: '0',
      fine: '1',
      none: null,
    });
  });
});
