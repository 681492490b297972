/** Parameters that RDS holds back, and readers that missed a reboot: what the writer's settings alone do not tell. */
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { server } from '../../../infra/provider/entry';
import type { Data } from '../../../infra/provider/state';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { rdsEndpoint } from '../../helpers/rdsEndpoint';

// Time passes when it is slept, and only then.
vi.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds),
}));

const VARIABLE = 'TIDEMARK_TEST_HELD_URL';
let database: TestDatabase;
/** What RDS says of the instances, the writer first; and what it was asked to reboot. */
let members: Array<{ instance: string; parameters: string }>;
let rebooted: string[];

function answer(query: URLSearchParams): string {
  switch (query.get('Action')) {
    case 'DescribeDBClusters': {
      const told = members.map(
        ({ instance, parameters }, index) =>
          `<DBClusterMember><DBInstanceIdentifier>${instance}</DBInstanceIdentifier><IsClusterWriter>${index === 0}</IsClusterWriter><DBClusterParameterGroupStatus>${parameters}</DBClusterParameterGroupStatus></DBClusterMember>`,
      );
      return `<DBClusters><DBCluster><DBClusterMembers>${told.join('')}</DBClusterMembers></DBCluster></DBClusters>`;
    }
    case 'DescribeDBInstances': {
      const told = members.map(
        ({ instance }) =>
          `<DBInstance><DBInstanceIdentifier>${instance}</DBInstanceIdentifier><DBInstanceStatus>available</DBInstanceStatus></DBInstance>`,
      );
      return `<DBInstances>${told.join('')}</DBInstances>`;
    }
    default: {
      const instance = query.get('DBInstanceIdentifier') ?? '';
      rebooted.push(instance);
      members = members.map((one) => (one.instance === instance ? { ...one, parameters: 'in-sync' } : one));
      return '';
    }
  }
}

beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  database = await createTestDatabase();
});
afterAll(async () => {
  await database?.drop();
  vi.useRealTimers();
});
beforeEach(async () => {
  members = [];
  rebooted = [];
  vi.stubEnv(VARIABLE, database.url);
  const close = await rdsEndpoint((query, response) => {
    const name = `${query.get('Action')}Re`;
    response.end(`<${name}sponse><${name}sult>${answer(query)}</${name}sult></${name}sponse>`);
  });
  return () => {
    close();
    vi.unstubAllEnvs();
  };
});

async function apply(parameters: Readonly<Record<string, string>>, allowReboot: boolean): Promise<Data> {
  const shared = { connection: { urlEnv: VARIABLE }, cluster: 'metrics', region: 'eu-central-1' };
  const { inputs, failures = [] } = await server.check({}, { ...shared, parameters, allowReboot });
  expect(failures).toEqual([]);
  return (await server.create(inputs)).outs ?? {};
}

it('a dynamic parameter that RDS holds back until a reboot waits for one, and is told so', async () => {
  members = [{ instance: 'a', parameters: 'pending-reboot' }];
  expect(await apply({ geqo_threshold: '14' }, false)).toMatchObject({
    pending: ['geqo_threshold'],
    parameters: { geqo_threshold: '12' },
  });
  expect(rebooted).toEqual([]);
});

it('one that RDS is still bringing in force is waited for, and told if it never comes', async () => {
  members = [{ instance: 'a', parameters: 'applying' }];
  await expect(apply({ geqo_threshold: '14' }, false)).rejects.toThrow(
    'Parameters are not in force ten minutes after the parameter group was changed: geqo_threshold is 12.',
  );
});

it('a reader whose reboot failed is rebooted by the next up, the writer is left alone', async () => {
  members = [
    { instance: 'writer', parameters: 'in-sync' },
    { instance: 'reader', parameters: 'pending-reboot' },
  ];
  expect(await apply({ geqo_threshold: '12' }, true)).toMatchObject({ pending: [] });
  expect(rebooted).toEqual(['reader']);
  expect(await apply({ geqo_threshold: '12' }, true)).toMatchObject({ pending: [] });
  expect(rebooted).toEqual(['reader']);
});

it('readers do not run ahead of a writer that waits, too', async () => {
  members = ['writer', 'reader'].map((instance) => ({ instance, parameters: 'pending-reboot' }));
  await apply({ geqo_threshold: '12' }, true);
  expect(rebooted).toEqual([]);
});

it('without leave nothing is rebooted', async () => {
  members = [
    { instance: 'writer', parameters: 'in-sync' },
    { instance: 'reader', parameters: 'pending-reboot' },
  ];
  await apply({ geqo_threshold: '12' }, false);
  expect(rebooted).toEqual([]);
});
