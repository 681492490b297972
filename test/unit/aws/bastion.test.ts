import { delimiter } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RollupDatabase } from '../../../infra/aws';
import { pluginFolder } from '../../helpers/plugin';
import { all, known, only, record } from './mocks';
import { build, ENGINES, inputsOf, TYPES } from './stacks';

const INSTANCE = 'aws:ec2/instance:Instance';
const ENDPOINT = 'aws:ec2/vpcEndpoint:VpcEndpoint';
const GIVEN = { vpcId: 'vpc-1', subnetIds: ['subnet-a', 'subnet-b'] };

describe.each(ENGINES)('the bastion of %s', (engine) => {
  it('is there only if asked for', async () => {
    const { resources, result } = await build({ engine });
    expect([...all(resources, INSTANCE), ...all(resources, ENDPOINT)]).toEqual([]);
    expect(result.tunnel).toBeUndefined();
    expect(result.masterConnection).not.toHaveProperty('tunnel');
  });

  it('has no public address, no key, no metadata without a token, and an encrypted disk', async () => {
    const { resources, invoked } = await build({ engine, bastion: true });
    const { inputs, options } = only(resources, INSTANCE);
    expect(inputs).toMatchObject({
      ami: 'ami-0123456789abcdef0',
      instanceType: 't4g.nano',
      associatePublicIpAddress: false,
      subnetId: 'database-private-1-id',
      vpcSecurityGroupIds: ['database-bastion-id'],
      iamInstanceProfile: 'database-bastion-1a2b3c4',
      metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: 'gp3' },
    });
    for (const absent of ['keyName', 'userData', 'userDataBase64', 'secondaryNetworkInterfaces']) {
      expect(inputs).not.toHaveProperty(absent);
    }
    expect(options.ignoreChanges).toEqual(['ami']);
    expect(invoked).toContainEqual({
      token: 'aws:ssm/getParameter:getParameter',
      inputs: { name: '/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64' },
    });
  });

  it('may do what Systems Manager needs, and nothing else', async () => {
    const { resources } = await build({ engine, bastion: true });
    const attached = all(resources, 'aws:iam/rolePolicyAttachment:RolePolicyAttachment')
      .map(({ inputs }) => inputs)
      .filter(({ role }) => role === 'database-bastion-1a2b3c4');
    expect(attached).toEqual([
      {
        role: 'database-bastion-1a2b3c4',
        policyArn: 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore',
      },
    ]);
    const role = inputsOf(resources, 'aws:iam/role:Role', 'database-bastion');
    expect(String(role['assumeRolePolicy'])).toContain('"Service":"ec2.amazonaws.com"');
    expect(role).not.toHaveProperty('inlinePolicies');
  });

  it('reaches the database and the endpoints, and is reached by nobody', async () => {
    const { resources } = await build({ engine, bastion: true });
    const own = { securityGroupId: 'database-bastion-id' };
    const out = all(resources, TYPES.egress).map(({ inputs }) => inputs);
    expect(out).toHaveLength(2);
    expect(out).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...own,
          referencedSecurityGroupId: 'database-database-id',
          fromPort: 5432,
          toPort: 5432,
        }),
        expect.objectContaining({
          ...own,
          referencedSecurityGroupId: 'database-endpoints-id',
          fromPort: 443,
          toPort: 443,
        }),
      ]),
    );
    const into = all(resources, TYPES.ingress).map(({ inputs }) => inputs);
    expect(into.filter(({ securityGroupId }) => securityGroupId === 'database-bastion-id')).toEqual([]);
    for (const { referencedSecurityGroupId } of into) {
      expect(referencedSecurityGroupId).toBe('database-bastion-id');
    }
  });

  it('has the endpoints of Systems Manager beside it', async () => {
    const { resources } = await build({ engine, bastion: true });
    const endpoints = all(resources, ENDPOINT).map(({ inputs }) => inputs);
    expect(endpoints.map(({ serviceName }) => serviceName).sort()).toEqual([
      'com.amazonaws.eu-central-1.ssm',
      'com.amazonaws.eu-central-1.ssmmessages',
    ]);
    for (const endpoint of endpoints) {
      expect(endpoint).toMatchObject({
        vpcId: 'database-vpc-id',
        vpcEndpointType: 'Interface',
        privateDnsEnabled: true,
        subnetIds: ['database-private-1-id'],
        securityGroupIds: ['database-endpoints-id'],
      });
    }
  });

  it('uses the endpoints that a given VPC has', async () => {
    const network = { ...GIVEN, ssmEndpointSecurityGroupId: 'sg-endpoints' };
    const { resources } = await build({ engine, bastion: true, network });
    expect(all(resources, ENDPOINT)).toEqual([]);
    expect(inputsOf(resources, TYPES.egress, 'database-bastion-to-endpoints')).toMatchObject({
      referencedSecurityGroupId: 'sg-endpoints',
      fromPort: 443,
    });
  });

  it('takes the way out that a given VPC has, and redirects nobody else in it', async () => {
    const { resources } = await build({ engine, bastion: true, network: GIVEN });
    expect(all(resources, ENDPOINT)).toEqual([]);
    expect(inputsOf(resources, TYPES.egress, 'database-bastion-to-endpoints')).toMatchObject({
      cidrIpv4: '0.0.0.0/0',
      fromPort: 443,
      toPort: 443,
    });
  });

  it('is the way to the database, for all that connects', async () => {
    const { resources, result } = await build({ engine, bastion: true });
    const tunnel = { ssm: { instance: 'database-bastion-id' } };
    if (result.tunnel === undefined) throw new Error('there is no tunnel');
    expect(await known(result.tunnel)).toEqual(tunnel);
    for (const type of [TYPES.server, TYPES.login]) {
      expect(inputsOf(resources, type)['connection']).toMatchObject({ tunnel });
    }
    const { dependsOn } = only(resources, TYPES.server).options;
    const needed = [INSTANCE, ENDPOINT, TYPES.ingress, TYPES.egress];
    for (const type of needed) expect(dependsOn.some((one) => one.startsWith(`${type}::`))).toBe(true);
  });

  it('is not the way if another one is named', async () => {
    const tunnel = { ssm: { instance: 'i-0123' } };
    const { resources } = await build({ engine, bastion: true, tunnel });
    expect(inputsOf(resources, TYPES.login)['connection']).toMatchObject({ tunnel });
  });
});

describe('without what Systems Manager needs here', () => {
  const args = { engine: 'rds', bastion: true } as const;
  const NONE =
    /^A tunnel through Systems Manager needs session-manager-plugin, which is not installed\. Install it from AWS/;
  beforeEach(() => void vi.spyOn(pulumi.log, 'warn').mockResolvedValue());
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('nothing is made', async () => {
    vi.stubEnv('PATH', '');
    const made: string[] = [];
    const up = record(() => {
      try {
        return new RollupDatabase('database', args);
      } catch (error) {
        made.push((error as Error).message);
        return null;
      }
    });
    expect((await up).resources).toEqual([]);
    expect(made).toEqual([expect.stringMatching(NONE)]);
  });

  it('nothing is made with a plugin that would show the token', async () => {
    vi.stubEnv('PATH', `${pluginFolder('1.2.497.0')}${delimiter}${process.env['PATH']}`);
    expect(() => new RollupDatabase('database', args)).toThrow(
      /^session-manager-plugin 1\.2\.497\.0 is too old/,
    );
  });

  it('a preview warns', async () => {
    vi.stubEnv('PATH', '');
    await record(() => new RollupDatabase('database', args), { preview: true });
    expect(vi.mocked(pulumi.log.warn).mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/is not installed\. .* stops before it creates anything\.$/),
    ]);
  });

  it('a database that is reached otherwise is none of its business', async () => {
    vi.stubEnv('PATH', '');
    const ssh = { host: 'h', user: 'u', hostKey: `SHA256:${'A'.repeat(43)}` };
    const { resources } = await record(() => new RollupDatabase('database', { ...args, tunnel: { ssh } }));
    expect(all(resources, TYPES.instance)).toHaveLength(1);
  });
});
