import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withConnection } from '../../../infra/connection/connect';
import { readStatus } from '../../../infra/db/status';
import { withClient } from '../../../infra/local/postgres/database';
import { installRollup } from '../../helpers/database';
import { createSource, rollup, useDatabase } from '../../helpers/fixture';

const MAIN = join(__dirname, '../../../dist/infra/cli/main.js');
const CLUSTER = 'arn:aws:rds:eu-central-1:123456789012:cluster:metrics';
const SECRET = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!cluster-1-AbCdEf';
const fixture = useDatabase();
const asked: Record<string, unknown>[] = [];
let server: Server;
let refusal: { readonly name: string; readonly message: string } | undefined;

/** Runs each statement in a session of its own and gives the rows as JSON, as the Data API does. */
beforeAll(async () => {
  await createSource(fixture.client, 'orders');
  await installRollup(fixture.client, rollup('orders'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', async () => {
      const call = JSON.parse(body) as Record<string, unknown> & { readonly sql: string };
      asked.push({ path: request.url, ...call });
      if (refusal !== undefined) {
        response.writeHead(400, { 'x-amzn-errortype': refusal.name }).end(JSON.stringify(refusal));
        return;
      }
      const text = await withClient(fixture.database.url, async (client) => {
        const found = await client.query<{ rows: string }>(
          `select coalesce(json_agg(r), '[]')::text as rows from (${call.sql}) r`,
        );
        return found.rows[0]?.rows;
      });
      response.writeHead(200).end(JSON.stringify({ formattedRecords: text }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
});
afterAll(() => {
  server?.close();
  server?.closeAllConnections();
});

function status(
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, 'status', ...args], {
    env: {
      PATH: process.env['PATH'],
      AWS_ENDPOINT_URL_RDS_DATA: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'hunter2-key',
    },
  });
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    text.stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString('utf8');
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, ...text })));
}
const target = ['--data-api', CLUSTER, '--secret', SECRET, '--database', 'metrics'];

describe('the status over the Data API', () => {
  it('is what a connection shows', async () => {
    const { code, stdout, stderr } = await status(...target, '--format', 'json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { rollups } = JSON.parse(stdout) as { rollups: Record<string, unknown>[] };
    const direct = await withConnection({ url: fixture.database.url }, readStatus);
    const steady = ({ name, partitionsUntil, backfill, dirtyKeys }: Record<string, unknown>) => ({
      name,
      partitionsUntil,
      backfill,
      dirtyKeys,
    });
    expect(rollups.map(steady)).toEqual(direct.map((row) => steady({ ...row })));
    expect(Object.keys(rollups[0] ?? {})).toEqual(Object.keys(direct[0] ?? {}));
    expect(asked[0]).toMatchObject({
      path: '/Execute',
      resourceArn: CLUSTER,
      secretArn: SECRET,
      database: 'metrics',
      formatRecordsAs: 'JSON',
    });
  });

  it('tells what AWS refuses', async () => {
    refusal = { name: 'BadRequestException', message: 'HttpEndpoint is not enabled for resource' };
    expect((await status(...target)).stderr).toMatch(
      /^error: The Data API of arn:\S+ refused the statement: HttpEndpoint is not enabled for resource\nhint: Check/,
    );
    refusal = { name: 'AccessDeniedException', message: 'hunter2' };
    const { code, stderr } = await status(...target);
    refusal = undefined;
    expect(code).toBe(1);
    expect(stderr).toContain(
      `rds-data:ExecuteStatement for ${CLUSTER} in eu-central-1 failed: access is denied.`,
    );
    expect(stderr).not.toContain('hunter2');
  });

  it('asks for cluster, secret and database together, and for no other connection', async () => {
    expect(await status('--data-api', CLUSTER)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--data-api, --secret and --database go together') as string,
    });
    expect((await status(...target, '--url-env', 'X')).code).toBe(2);
  });
});
