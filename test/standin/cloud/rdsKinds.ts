/** What RDS makes new instead of changing it, and what it calls it. */
import type { Kind } from './kinds';

export const INSTANCE = 'aws:rds/instance:Instance';
export const CLUSTER = 'aws:rds/cluster:Cluster';
export const MEMBER = 'aws:rds/clusterInstance:ClusterInstance';
export const GROUP = 'aws:rds/parameterGroup:ParameterGroup';
export const CLUSTER_GROUP = 'aws:rds/clusterParameterGroup:ClusterParameterGroup';
export const SUBNET_GROUP = 'aws:rds/subnetGroup:SubnetGroup';

const groupKind = (word: string): Kind => ({
  autoName: ['name', 'namePrefix'],
  replaces: ['name', 'namePrefix', 'family', 'description'],
  id: (inputs) => String(inputs['name']),
  arn: (_inputs, id, { id: account, region }) => `rds:${region}:${account}:${word}:${id}`,
});

export const RDS_KINDS: Readonly<Record<string, Kind>> = {
  [GROUP]: groupKind('pg'),
  [CLUSTER_GROUP]: groupKind('cluster-pg'),
  [INSTANCE]: {
    autoName: ['identifier', 'identifierPrefix'],
    replaces: [
      'identifier',
      'engine',
      'username',
      'dbName',
      'storageEncrypted',
      'kmsKeyId',
      'dbSubnetGroupName',
    ],
    id: (inputs) => String(inputs['identifier']),
    arn: (_inputs, id, { id: account, region }) => `rds:${region}:${account}:db:${id}`,
  },
  [CLUSTER]: {
    autoName: ['clusterIdentifier', 'clusterIdentifierPrefix'],
    replaces: [
      'clusterIdentifier',
      'engine',
      'masterUsername',
      'databaseName',
      'storageEncrypted',
      'kmsKeyId',
    ],
    id: (inputs) => String(inputs['clusterIdentifier']),
    arn: (_inputs, id, { id: account, region }) => `rds:${region}:${account}:cluster:${id}`,
  },
  [MEMBER]: {
    autoName: ['identifier', 'identifierPrefix'],
    replaces: ['identifier', 'clusterIdentifier', 'engine', 'availabilityZone', 'publiclyAccessible'],
    id: (inputs) => String(inputs['identifier']),
    arn: (_inputs, id, { id: account, region }) => `rds:${region}:${account}:db:${id}`,
  },
};
