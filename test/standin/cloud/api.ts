/** The few calls of AWS that Tidemark makes itself, on the wire of RDS (query and XML) and Secrets Manager (JSON). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StandinDatabase } from './database';
import type { Rds } from './rds';
import { Refusal } from './refusal';
import type { Secrets } from './secrets';

export interface ApiSurroundings {
  readonly rds: Rds;
  readonly secrets: Secrets;
  readonly accessKeyId: string;
  /** Every action that was called, for tests. */
  readonly calls: string[];
}

function body(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => resolve(text)).on('error', reject);
  });
}

const escapeXml = (text: string): string => text.replace(/[<>&"]/g, (c) => `&#${c.charCodeAt(0)};`);

function tags(values: Readonly<Record<string, string | number | boolean>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`)
    .join('');
}

function instance(identifier: string, database: StandinDatabase, host: string): string {
  const group = tags({
    DBParameterGroupName: database.groupName,
    ParameterApplyStatus: database.parameterStatus(),
  });
  const facts = tags({
    DBInstanceIdentifier: identifier,
    DBInstanceStatus: database.status,
    Engine: 'postgres',
  });
  const endpoint = `<Endpoint>${tags({ Address: host, Port: database.port })}</Endpoint>`;
  return `<DBInstance>${facts}${endpoint}<DBParameterGroups><DBParameterGroup>${group}</DBParameterGroup></DBParameterGroups></DBInstance>`;
}

function cluster(identifier: string, rds: Rds): string {
  const database = rds.database(identifier);
  const members = rds.membersOf(identifier).map((member, index) => {
    const facts = {
      DBInstanceIdentifier: member,
      IsClusterWriter: index === 0,
      DBClusterParameterGroupStatus: database.parameterStatus(),
    };
    return `<DBClusterMember>${tags(facts)}</DBClusterMember>`;
  });
  const facts = tags({ DBClusterIdentifier: identifier, Status: database.status, Port: database.port });
  return `<DBCluster>${facts}<DBClusterMembers>${members.join('')}</DBClusterMembers></DBCluster>`;
}

function rdsAnswer({ rds }: ApiSurroundings, query: URLSearchParams, host: string): string {
  const id = query.get('DBInstanceIdentifier') ?? query.get('DBClusterIdentifier') ?? '';
  switch (query.get('Action')) {
    case 'DescribeDBInstances': {
      const cluster = query.get('Filters.Filter.1.Values.Value.1');
      const found = cluster === null ? [id] : rds.membersOf(cluster);
      const told = found.map((name) => instance(name, rds.servedBy(name), host)).join('');
      return `<DBInstances>${told}</DBInstances>`;
    }
    case 'DescribeDBClusters':
      return `<DBClusters>${cluster(id, rds)}</DBClusters>`;
    case 'RebootDBInstance': {
      const database = rds.servedBy(id);
      if (database.status !== 'available')
        throw new Refusal(`InvalidDBInstanceState: Instance ${id} is not in available state.`);
      // Of a cluster, only the writer's reboot matters here: there is one server, whose readers are busy as long as it is.
      const done = rds.membersOf(database.identifier).indexOf(id) > 0 ? Promise.resolve() : database.reboot();
      done.catch((error: Error) => console.error(`The stand-in could not reboot ${id}: ${error.message}`));
      return instance(id, database, host);
    }
    default:
      throw new Refusal(`InvalidAction: The stand-in has no ${query.get('Action')}.`);
  }
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'content-type': type }).end(text);
}

/** Answers one call; only those signed with the test's key. */
export async function answerApi(
  around: ApiSurroundings,
  request: IncomingMessage,
  response: ServerResponse,
  host: string,
): Promise<void> {
  const text = await body(request);
  const target = request.headers['x-amz-target'];
  const query = new URLSearchParams(text);
  const action = typeof target === 'string' ? target.replace(/^.*\./, '') : (query.get('Action') ?? '');
  const json = typeof target === 'string';
  try {
    if (!request.headers.authorization?.includes(`Credential=${around.accessKeyId}/`))
      throw new Refusal('InvalidClientTokenId: The security token included in the request is invalid.');
    if (json) {
      if (action !== 'GetSecretValue') throw new Refusal(`UnknownOperationException: ${action}`);
      const { arn, text: secret } = around.secrets.value((JSON.parse(text) as { SecretId: string }).SecretId);
      around.calls.push(action);
      const answer = { ARN: arn, Name: arn.split(':secret:')[1], SecretString: secret };
      return send(response, 200, 'application/x-amz-json-1.1', JSON.stringify(answer));
    }
    const result = rdsAnswer(around, query, host);
    around.calls.push(action);
    const name = `${action}Re`;
    const space = 'xmlns="http://rds.amazonaws.com/doc/2014-10-31/"';
    send(
      response,
      200,
      'text/xml',
      `<${name}sponse ${space}><${name}sult>${result}</${name}sult></${name}sponse>`,
    );
  } catch (error) {
    const [, code = 'InternalFailure', message = ''] =
      /^(\w+): ([\s\S]*)$/.exec((error as Error).message) ?? [];
    if (json) send(response, 400, 'application/x-amz-json-1.1', JSON.stringify({ __type: code, message }));
    else {
      const details = tags({ Type: 'Sender', Code: code, Message: message });
      send(response, 400, 'text/xml', `<ErrorResponse><Error>${details}</Error></ErrorResponse>`);
    }
  }
}
