/** The calls to RDS that an `up` makes itself, against an emulator that was not written for them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateDBClusterCommand,
  CreateDBInstanceCommand,
  RDSClient,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { describeMembers, reboot } from '../../../infra/provider/rds';
import { type Moto, startMoto } from '../../helpers/moto';

const region = 'eu-central-1';
const SIZE = { DBInstanceClass: 'db.m7g.large' };
const MASTER = { MasterUsername: 'root', MasterUserPassword: 'of-nobody' };

let moto: Moto;
let rds: RDSClient;

beforeAll(async () => {
  moto = await startMoto();
  rds = new RDSClient({
    endpoint: moto.endpoint,
    region,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  await rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'one',
      Engine: 'postgres',
      AllocatedStorage: 100,
      ...SIZE,
      ...MASTER,
    }),
  );
  await rds.send(
    new CreateDBClusterCommand({ DBClusterIdentifier: 'many', Engine: 'aurora-postgresql', ...MASTER }),
  );
  for (const name of ['many-1', 'many-2']) {
    await rds.send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: name,
        DBClusterIdentifier: 'many',
        Engine: 'aurora-postgresql',
        ...SIZE,
      }),
    );
  }
});
afterAll(async () => {
  rds?.destroy();
  await moto?.stop();
});
beforeEach(() => {
  for (const [name, value] of Object.entries(moto.env)) vi.stubEnv(name, value);
  return () => vi.unstubAllEnvs();
});

describe('what RDS is asked', () => {
  it('is the state of an instance', async () => {
    expect(await describeMembers({ instance: 'one', region })).toEqual([
      { instance: 'one', status: 'available', parameters: expect.any(String) },
    ]);
  });

  it('is the members of a cluster, the writer first', async () => {
    const members = await describeMembers({ cluster: 'many', region });
    expect(members.map(({ instance }) => instance).sort()).toEqual(['many-1', 'many-2']);
  });

  it('is each instance of a cluster: the cluster itself is available while they restart', async () => {
    await rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'many-2' })).catch(() => undefined);
    const members = await describeMembers({ cluster: 'many', region });
    expect(Object.fromEntries(members.map(({ instance, status }) => [instance, status]))).toEqual({
      'many-1': 'available',
      'many-2': 'stopped',
    });
  });

  it('is to reboot an instance', async () => {
    expect(await reboot({ instance: 'one', region }, 'one')).toBe(true);
  });

  it('is to reboot once, also where the answer is lost: asked again, it could not tell', async () => {
    let calls = 0;
    const deaf = createServer((request) => {
      calls += 1;
      request.socket.destroy();
    });
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(deaf.address() as AddressInfo).port}`);
    await expect(reboot({ instance: 'one', region }, 'one')).rejects.toThrow(
      /^rds:RebootDBInstance for instance one in eu-central-1 failed: AWS cannot be reached/,
    );
    deaf.close();
    expect(calls).toBe(1);
  });

  it('fails with one sentence for an instance that is not there', async () => {
    await expect(reboot({ instance: 'none', region }, 'none')).rejects.toThrow(
      /^rds:RebootDBInstance for instance none in eu-central-1 failed: /,
    );
    await expect(describeMembers({ cluster: 'none', region })).rejects.toThrow(/cluster none/);
  });
});
