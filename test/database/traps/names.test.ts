import { beforeAll, describe, expect, test } from 'vitest';
import { parseDefinitions } from '../../../infra/definition/parse';
import { installRollup } from '../../helpers/database';
import { expectExact } from '../../helpers/exact';
import { createSource, day, refresh, rollup, tier, useDatabase } from '../../helpers/fixture';

const db = useDatabase();

const written = (name: string, tiers = '[{ every: 1 hour }]') =>
  parseDefinitions(
    `apiVersion: tidemark/v1\nname: ${name}\nsource: { table: raw.s, time: ts }\nmeasures: { "*": [count] }\ntiers: ${tiers}\n`,
    'a.yaml',
  );

describe('names of rollups', () => {
  beforeAll(async () => {
    await createSource(db.client, 's');
    await db.client.query(`insert into raw.s values ($1, 'a', 1), (now() - interval '3 hours', 'b', 2)`, [
      day(-2),
    ]);
  });

  test('that would give a rollup an object that the engine has are refused before anything is deployed', async () => {
    const { rows } = await db.client.query<{ name: string }>(
      `select substring(relname from '^(?:dirty|late)_(.*)') as name from pg_class
        where relnamespace = 'rollup'::regnamespace and relname ~ '^(dirty|late)_'
       union select substring(proname from '^capture_(.*)') from pg_proc
        where pronamespace = 'rollup'::regnamespace and proname ~ '^capture_'`,
    );
    expect(rows.map(({ name }) => name)).toContain('range');
    for (const { name } of rows) {
      expect(written(name).errors.map(({ message }) => message)).toEqual([
        `name is "${name}"; it must be another name, because rollup.dirty_${name} is a table of the engine`,
      ]);
    }
  });

  test('are refused where partitions of two tiers would have the same names, which pg_partman passes over', async () => {
    // Of the 63 bytes of a name, 17 tell the hour at which a partition begins.
    const longest = 'n'.repeat(43);
    const tiers = '[{ every: 1 minute, retention: 4 days }, { every: 1 hour, retention: 5 days }]';
    expect(written(`${longest}n`, tiers).errors.map(({ message }) => message)).toEqual([
      `tiers[1].retention asks for partitions of "${longest}n_1h", whose names begin with "${longest}n_1", as those of "${longest}n_1m" do; shorten the rollup's name`,
    ]);
    expect(written(`${longest}nnnnnnn`, tiers.replace(/days/g, 'months')).errors).toEqual([]);
    expect(written(longest, tiers).errors).toEqual([]);
    const compiled = await installRollup(
      db.client,
      rollup(longest, {
        source: { table: { schema: 'raw', table: 's' } },
        tiers: [tier('1 minute', '1m', null, '4 days'), tier('1 hour', '1h', null, '5 days')],
      }),
    );
    await refresh(db.client, longest);
    await expectExact(db.client, compiled);
    const { rows } = await db.client.query<{ partitions: number }>(
      `select count(*)::integer as partitions from pg_inherits
        where inhparent in ('silver.${longest}_1m'::regclass, 'silver.${longest}_1h'::regclass) group by inhparent`,
    );
    for (const { partitions } of rows) expect(partitions).toBeGreaterThan(96);
  });
});
