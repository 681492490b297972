import { expect, it } from 'vitest';
import { groupParameters } from '../../../infra/aws/parameters';
import { withClient } from '../../../infra/local/postgres/database';
import { generation } from '../../helpers/database';
import { testServer } from '../../helpers/servers';

it('no parameter that only a start of the server changes is applied at once: RDS would refuse the group', async () => {
  const { url } = await testServer(generation());
  const { rows } = await withClient(url, (client) =>
    client.query<{ name: string }>("select name from pg_settings where context = 'postmaster'"),
  );
  expect(rows.length).toBeGreaterThan(40);
  const choices = { database: 'metrics', instanceClass: 'db.m7g.large', maxCapacity: 16 };
  const parameters = Object.fromEntries(rows.map(({ name }) => [name, '1']));
  const group = groupParameters({ ...choices, parameters });
  const wrong = group.filter(({ name, applyMethod }) => name in parameters && applyMethod === 'immediate');
  expect(wrong).toEqual([]);
});
