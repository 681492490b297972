/**
 * Aurora's Data API: single statements over HTTPS, for reading a database that no network way leads to.
 *
 * It serves `tidemark status` and no more. Deploying needs one session: settings, `set role` and an advisory lock that
 * hold over many statements, several statements in one text (the engine's SQL files), no transaction that AWS ends after
 * three idle minutes, and the IAM login of the deployment, while the Data API logs in with a secret only. An audit needs
 * one snapshot for longer than its 45 seconds a statement. A response holds 1 MiB at most. RDS instances have none.
 */
import type { QueryResultRow } from 'pg';
import { TidemarkError } from '../model/error';
import { awsError, clientSettings } from './aws';
import { regionOfArn, regionOfEnvironment } from './region';

type Sdk = typeof import('@aws-sdk/client-rds-data');

/** What reads need of a database; a `Client` of pg is one. */
export interface Reader {
  query<Row extends QueryResultRow>(text: string): Promise<{ readonly rows: Row[] }>;
}

export interface DataApiTarget {
  /** ARN of the cluster. Its region is used. */
  readonly cluster: string;
  /** ARN of the secret with user and password, which AWS reads itself. */
  readonly secret: string;
  readonly database: string;
}

/** Errors whose text is the database's own, and helps. */
const TOLD = new Set(['BadRequestException', 'DatabaseErrorException', 'HttpEndpointNotEnabledException']);

/** Reads over the Data API. Each query is a session of its own; numbers, texts and truth values come as themselves. */
export function dataApiReader({ cluster, secret, database }: DataApiTarget): Reader {
  const region = regionOfArn(cluster) ?? regionOfEnvironment();
  if (region === undefined) {
    throw new TidemarkError(`${cluster} is not the ARN of a cluster.`, {
      hint: 'It looks like arn:aws:rds:eu-central-1:123456789012:cluster:metrics.',
    });
  }
  return {
    query: async <Row extends QueryResultRow>(sql: string) => {
      const sdk = require('@aws-sdk/client-rds-data') as Sdk;
      const client = new sdk.RDSDataClient(clientSettings(region, undefined));
      try {
        const { formattedRecords } = await client.send(
          new sdk.ExecuteStatementCommand({
            resourceArn: cluster,
            secretArn: secret,
            database,
            sql,
            formatRecordsAs: 'JSON',
          }),
        );
        return { rows: JSON.parse(formattedRecords ?? '[]') as Row[] };
      } catch (cause) {
        throw dataApiError(cause, cluster, region);
      } finally {
        client.destroy();
      }
    },
  };
}

function dataApiError(cause: unknown, cluster: string, region: string): TidemarkError {
  if (cause instanceof Error && TOLD.has(cause.name)) {
    return new TidemarkError(`The Data API of ${cluster} refused the statement: ${cause.message}`, {
      hint: 'Check that the HTTP endpoint of the cluster is enabled (enableHttpEndpoint), and check --secret and --database.',
    });
  }
  if (cause instanceof Error && cause.name === 'DatabaseResumingException') {
    return new TidemarkError(`The cluster ${cluster} is waking up.`, { hint: 'Run again in a minute.' });
  }
  return awsError(cause, { action: 'rds-data:ExecuteStatement', target: cluster, region });
}
