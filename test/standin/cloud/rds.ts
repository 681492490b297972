/** RDS: parameter groups, instances, clusters. */
import { randomBytes } from 'node:crypto';
import type { Data } from '../plugin/values';
import { StandinDatabase, type Surroundings } from './database';
import * as rules from './databaseRules';
import type { Account, Kind } from './kinds';
import { type GroupParameter, parameterProblem } from './parameters';
import { CLUSTER, CLUSTER_GROUP, GROUP, INSTANCE, MEMBER, RDS_KINDS, SUBNET_GROUP } from './rdsKinds';
import { obey, Refusal } from './refusal';
import type { Secrets } from './secrets';

export interface Group {
  readonly family: string;
  parameters: readonly GroupParameter[];
}

interface Owned {
  readonly database: StandinDatabase;
  readonly secretArn: string | undefined;
  readonly outputs: Data;
}

type Around = Omit<Surroundings, 'group'>;

export class Rds {
  readonly groups = new Map<string, Group>();
  readonly #subnetGroups = new Set<string>();
  readonly #owned = new Map<string, Owned>();
  /** Instances of clusters, the writer first. */
  readonly #members = new Map<string, string[]>();
  readonly snapshots = new Set<string>();

  constructor(
    private readonly account: Account,
    private readonly host: string,
    private readonly secrets: Secrets,
    private readonly around: Around,
  ) {}

  kind(type: string): Kind | undefined {
    return RDS_KINDS[type];
  }

  get databases(): readonly StandinDatabase[] {
    return [...this.#owned.values()].map(({ database }) => database);
  }

  /** By the identifier of an instance, or of a cluster. */
  database(identifier: string): StandinDatabase {
    const found = this.#owned.get(identifier)?.database;
    if (found === undefined) throw new Refusal(`DBInstanceNotFound: DBInstance ${identifier} not found.`);
    return found;
  }

  secretOf(identifier: string): string {
    return this.#owned.get(identifier)?.secretArn ?? '';
  }

  membersOf(cluster: string): readonly string[] {
    return this.#members.get(cluster) ?? [];
  }

  /** The database that an instance serves: its own, or that of its cluster. */
  servedBy(instance: string): StandinDatabase {
    for (const [cluster, members] of this.#members)
      if (members.includes(instance)) return this.database(cluster);
    return this.database(instance);
  }

  async create(type: string, id: string, inputs: Data): Promise<Data> {
    switch (type) {
      case GROUP:
      case CLUSTER_GROUP:
        return this.changeGroup(id, inputs);
      case SUBNET_GROUP:
        this.#subnetGroups.add(id);
        return {};
      case INSTANCE:
        return this.createDatabase(id, inputs, false);
      case CLUSTER:
        return this.createDatabase(id, inputs, true);
      case MEMBER:
        return this.addMember(id, inputs);
      default:
        return {};
    }
  }

  async update(type: string, id: string, before: Data, inputs: Data): Promise<Data> {
    switch (type) {
      case GROUP:
      case CLUSTER_GROUP:
        return this.changeGroup(id, inputs);
      case INSTANCE:
        return this.changeDatabase(id, before, inputs, false);
      case CLUSTER:
        return this.changeDatabase(id, before, inputs, true);
      default:
        return {};
    }
  }

  async delete(type: string, id: string, inputs: Data): Promise<void> {
    switch (type) {
      case GROUP:
      case CLUSTER_GROUP:
        return this.removeGroup(id);
      case SUBNET_GROUP:
        return this.removeSubnetGroup(id);
      case INSTANCE:
        return this.removeDatabase('Instance', id, inputs);
      case CLUSTER:
        return this.removeDatabase('Cluster', id, inputs);
      case MEMBER:
        return this.removeMember(id, inputs);
      default:
        return;
    }
  }

  private async changeGroup(name: string, inputs: Data): Promise<Data> {
    const family = String(inputs['family']);
    const parameters = (inputs['parameters'] ?? []) as readonly GroupParameter[];
    const found = /^(aurora-)?postgres(?:ql)?(\d+)$/.exec(family);
    const version = Number(found?.[2]);
    if (found === null || !rules.MAJORS.includes(version))
      throw new Refusal(
        `InvalidParameterValue: ParameterGroupFamily ${family} is not a valid parameter group family`,
      );
    const catalog = await this.around.catalog(version);
    const aurora = found[1] !== undefined;
    for (const parameter of parameters) {
      const problem = parameterProblem(catalog, parameter, aurora);
      if (problem !== null) throw new Refusal(problem);
    }
    this.groups.set(name, { family, parameters });
    // RDS answers at once and applies later.
    for (const database of this.databases)
      if (database.groupName === name) void database.groupChanged().catch(() => undefined);
    return {};
  }

  private removeGroup(name: string): void {
    if (this.databases.some(({ groupName }) => groupName === name)) {
      throw new Refusal(
        `InvalidDBParameterGroupState: One or more database instances are still members of this parameter group ${name}, so the group cannot be deleted`,
      );
    }
    this.groups.delete(name);
  }

  private removeSubnetGroup(name: string): void {
    if (this.databases.some(({ inputs }) => inputs['dbSubnetGroupName'] === name)) {
      throw new Refusal(
        `InvalidDBSubnetGroupStateFault: Cannot delete the subnet group '${name}' because at least one database instance is still using it.`,
      );
    }
    this.#subnetGroups.delete(name);
  }

  private wish(identifier: string, inputs: Data, aurora: boolean): rules.Wish {
    const given = aurora ? inputs['dbClusterParameterGroupName'] : inputs['parameterGroupName'];
    const family = rules.familyOf(aurora, inputs['engineVersion']);
    const groupName = String(given ?? `default.${family}`);
    const subnets = inputs['dbSubnetGroupName'];
    return {
      aurora,
      identifier,
      inputs,
      taken: this.#owned.has(identifier),
      groupName,
      groupFamily: given === undefined ? family : (this.groups.get(groupName)?.family ?? null),
      subnetGroupExists: subnets === undefined || this.#subnetGroups.has(String(subnets)),
    };
  }

  private async createDatabase(id: string, inputs: Data, aurora: boolean): Promise<Data> {
    const wish = this.wish(id, inputs, aurora);
    obey({ ...rules.ALWAYS, ...(aurora ? {} : rules.STORAGE), ...rules.CREATION }, wish);
    const master = String(inputs[aurora ? 'masterUsername' : 'username']);
    const around: Surroundings = { ...this.around, group: (name) => this.groups.get(name)?.parameters ?? [] };
    const database = new StandinDatabase(id, master, inputs, wish.groupName, around);
    const managed = inputs['manageMasterUserPassword'] === true;
    const secret = managed ? this.secrets.createManaged(aurora ? 'cluster' : 'db', master) : undefined;
    const password = secret?.password ?? String(inputs['password'] ?? inputs['masterPassword']);
    await database.create(password, inputs['dbName'] ?? inputs['databaseName']);
    const resourceId = `${aurora ? 'cluster' : 'db'}-${randomBytes(13).toString('hex').toUpperCase()}`;
    const secrets =
      secret === undefined
        ? []
        : [
            {
              secretArn: secret.arn,
              secretStatus: 'active',
              kmsKeyId:
                inputs['masterUserSecretKmsKeyId'] ??
                `arn:aws:kms:${this.account.region}:${this.account.id}:key/aws`,
            },
          ];
    const outputs = {
      port: database.port,
      masterUserSecrets: secrets,
      hostedZoneId: 'ZSTANDIN',
      ...(aurora
        ? {
            endpoint: this.host,
            readerEndpoint: this.host,
            clusterResourceId: resourceId,
            clusterMembers: [],
          }
        : { address: this.host, endpoint: `${this.host}:${database.port}`, resourceId, status: 'available' }),
    };
    this.#owned.set(id, { database, secretArn: secret?.arn, outputs });
    if (aurora) this.#members.set(id, []);
    return { ...outputs, engineVersionActual: this.actual(inputs) };
  }

  private actual(inputs: Data): string {
    const version = String(inputs['engineVersion'] ?? '17');
    return version.includes('.') ? version : `${version}.9`;
  }

  private async changeDatabase(id: string, before: Data, inputs: Data, aurora: boolean): Promise<Data> {
    const wish = { ...this.wish(id, inputs, aurora), before };
    obey({ ...rules.ALWAYS, ...(aurora ? {} : rules.STORAGE), ...rules.CHANGE }, wish);
    const database = this.database(id);
    const target = rules.major(inputs['engineVersion']);
    if (wish.groupName !== database.groupName) database.attachGroup(wish.groupName);
    database.inputs = inputs;
    // Without applyImmediately it would wait for the maintenance window, which no test waits for.
    if (target > database.postgres.generation && inputs['applyImmediately'] === true)
      await database.upgrade(target);
    return { engineVersionActual: this.actual(inputs) };
  }

  private async removeDatabase(kind: 'Instance' | 'Cluster', id: string, inputs: Data): Promise<void> {
    obey(rules.REMOVAL, { kind, inputs, members: this.membersOf(id), snapshots: this.snapshots });
    if (inputs['skipFinalSnapshot'] !== true) this.snapshots.add(String(inputs['finalSnapshotIdentifier']));
    const owned = this.#owned.get(id);
    await owned?.database.remove();
    if (owned?.secretArn !== undefined) this.secrets.delete(owned.secretArn);
    this.#owned.delete(id);
    this.#members.delete(id);
  }

  private addMember(id: string, inputs: Data): Data {
    const cluster = String(inputs['clusterIdentifier']);
    const members = this.#members.get(cluster);
    if (members === undefined) throw new Refusal(`DBClusterNotFoundFault: DBCluster ${cluster} not found.`);
    if (
      inputs['instanceClass'] === 'db.serverless' &&
      this.database(cluster).inputs['serverlessv2ScalingConfiguration'] === undefined
    ) {
      throw new Refusal(
        'InvalidDBClusterStateFault: Set the Serverless v2 scaling configuration on the parent DB cluster before creating a Serverless v2 DB instance.',
      );
    }
    members.push(id);
    const { port } = this.database(cluster);
    const dbiResourceId = `db-${randomBytes(13).toString('hex').toUpperCase()}`;
    return { endpoint: this.host, port, writer: members.length === 1, dbiResourceId };
  }

  private removeMember(id: string, inputs: Data): void {
    const cluster = String(inputs['clusterIdentifier']);
    this.#members.set(
      cluster,
      this.membersOf(cluster).filter((member) => member !== id),
    );
  }
}
