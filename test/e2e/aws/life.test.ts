/** One stack from nothing to its end, through all that happens to a database on the way. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differences, expectWhole, specOf } from '../provider/rollup';
import { flights, load } from './flights';
import { AwsStack, processArguments } from './stack';

const IDENTIFIER = 'metrics-prod';
const INSTANCE = 'aws:rds/instance:Instance';
const PARTMAN = `select extversion from pg_extension where extname = 'pg_partman'`;
/** Debian's testing release goes on to newer ones. */
const OFFERED = `select default_version as extversion from pg_available_extensions where name = 'pg_partman'`;

/** What changes from step to step; each adds to it. */
let options: Record<string, unknown> = {
  engine: 'rds',
  engineVersion: '15',
  identifier: IDENTIFIER,
  instanceClass: 'db.m7g.large',
  alarms: { emails: ['oncall@example.com'] },
};
let stack: AwsStack;
const argumentsSeen: string[] = [];

async function configure(more: Record<string, unknown>): Promise<void> {
  options = { ...options, ...more };
  await stack.configure(options);
}

const reboots = () => stack.cloud.calls.filter((call) => call === 'RebootDBInstance').length;

beforeAll(async () => {
  stack = await AwsStack.start('life', IDENTIFIER, options);
  stack.cloud.beforeOperation = async () => {
    argumentsSeen.push(await processArguments());
  };
  await stack.define('flights', flights());
});
afterAll(() => stack?.close());

describe('a stack on RDS', () => {
  it('previews without a database, makes everything in one up, and has nothing to do then', async () => {
    const preview = await stack.ok('preview', '--diff');
    expect(preview).toMatch(/host\s*: \[unknown\]/);
    const up = await stack.up();
    expect(up).toMatch(/Rollup flights created/);
    expect(reboots(), 'a server that starts with its group needs no reboot').toBe(0);
    await stack.unchanged();
    const alarms = stack.cloud.resources.all('aws:cloudwatch/metricAlarm:MetricAlarm');
    expect(alarms.map(({ id }) => id)).toEqual(
      expect.arrayContaining([`${IDENTIFIER}-cpu`, `${IDENTIFIER}-rollups-silent`]),
    );
    expect(stack.cloud.resources.all('aws:sns/topicSubscription:TopicSubscription')).toHaveLength(1);
  });

  it('does the whole job as a role that is no superuser', async () => {
    const client = await stack.reconnect();
    expect((await client.query('show server_version')).rows[0]).toMatchObject({
      server_version: expect.stringMatching(/^15\./),
    });
    await load(client);
    await expectWhole(stack, 'flights');
    await load(client, '40 days');
    expect(await differences(client, specOf(stack, 'flights'))).toBe(0);
    await expectWhole(stack, 'flights');
    expect(stack.cloud.refusedTokens).toEqual([]);
  });

  it('brings a dynamic parameter in force, and a static one only by a reboot that is allowed', async () => {
    await configure({ parameters: { work_mem: '8192', max_locks_per_transaction: '128' } });
    const told = await stack.up();
    expect(told).toMatch(/max_locks_per_transaction waits for a reboot/);
    await stack.reconnect();
    expect(await stack.setting('work_mem')).toBe('8192');
    expect(await stack.setting('max_locks_per_transaction')).toBe('64');
    expect(reboots()).toBe(0);
    // Until then previews show it.
    expect(await stack.ok('preview', '--diff')).toMatch(
      /~ \S*tidemark:Server: \(update\)[\s\S]*~ 1 to update/,
    );

    // Dynamic, but not known here to be so: RDS is told to keep it until a reboot, and does.
    const parameters = { work_mem: '8192', max_locks_per_transaction: '128', geqo_threshold: '14' };
    await configure({ allowReboot: true, parameters });
    await stack.up();
    expect(reboots()).toBe(1);
    await stack.reconnect();
    expect(await stack.setting('max_locks_per_transaction')).toBe('128');
    expect(await stack.setting('geqo_threshold')).toBe('14');
    await stack.unchanged();
  });

  it('goes on after a failover in the middle of up', async () => {
    const blocker = await stack.reconnect();
    await blocker.query('begin; lock table raw.flights in row exclusive mode');
    await stack.define('flights', flights('2 minutes'));
    const child = stack.runner.spawn(['up', '--yes', '--skip-preview']);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    const waits = `select from pg_stat_activity where application_name = 'tidemark' and wait_event_type = 'Lock'`;
    const server = stack.cloud.database(IDENTIFIER);
    const isBlocked = () =>
      server.postgres.asAdmin('postgres', async (admin) => (await admin.query(waits)).rowCount !== 0);
    while (!(await isBlocked())) {
      expect(child.exitCode, `up ended before it was blocked\n${output}`).toBeNull();
      await sleep(50);
    }
    await server.failOver();
    const [code] = await once(child, 'close');
    expect(code, output).toBe(0);
    await stack.reconnect();
    await expectWhole(stack, 'flights');
    await stack.unchanged();
  });

  it('survives a rotation of the master password', async () => {
    await stack.cloud.rotate(IDENTIFIER);
    await configure({ parameters: { work_mem: '4096', max_locks_per_transaction: '128' } });
    await stack.up();
    await stack.reconnect();
    expect(await stack.setting('work_mem')).toBe('4096');
  });

  it('takes a new major version with its extensions, and is exact after it', async () => {
    const before = await stack.client.query(PARTMAN);
    expect(before.rows).toEqual([{ extversion: '4.7.2' }]);
    await configure({ engineVersion: '18' });
    expect(await stack.fails('up', '--yes', '--skip-preview')).toMatch(/AllowMajorVersionUpgrade/);
    await configure({ allowMajorVersionUpgrade: true });
    await stack.up();
    // Unlike pg_upgrade, the stand-in's dump gives tables other object ids, as a restore would: a refresh sees that.
    await stack.ok('up', '--yes', '--skip-preview', '--refresh');
    const client = await stack.reconnect();
    expect((await client.query('show server_version')).rows[0]).toMatchObject({
      server_version: expect.stringMatching(/^18\./),
    });
    const offered = await client.query(OFFERED);
    expect((await client.query(PARTMAN)).rows).toEqual(offered.rows);
    expect(offered.rows).toEqual([{ extversion: expect.stringMatching(/^5\./) }]);
    expect(await stack.setting('max_locks_per_transaction')).toBe('128');
    await expectWhole(stack, 'flights');
    await load(client);
    await expectWhole(stack, 'flights');
    await stack.unchanged();
  });

  it('is not destroyed while it is protected', async () => {
    expect(await stack.fails('destroy', '--yes', '--skip-preview')).toMatch(/protected/);
    expect(stack.cloud.resources.all(INSTANCE)).toHaveLength(1);
  });

  it('is destroyed without a connection, once protection is off, and leaves a snapshot', async () => {
    await configure({ protect: false });
    await stack.up();
    await stack.cloud.database(IDENTIFIER).postgres.stop();
    await stack.ok('destroy', '--yes', '--skip-preview');
    expect(stack.cloud.resources.all(INSTANCE)).toEqual([]);
    expect(stack.cloud.rds.snapshots.size).toBe(1);
  });

  it('has told nobody a password or a token', async () => {
    const traces = await stack.traces();
    expect(traces).toContain('gold.flights_1h');
    const places = { traces, arguments: argumentsSeen.join('\n') };
    expect(stack.cloud.secrets.passwords.length).toBeGreaterThan(1);
    for (const [place, text] of Object.entries(places)) {
      for (const password of stack.cloud.secrets.passwords)
        expect(text.includes(password), `a password in the ${place}`).toBe(false);
      expect(text, `a token in the ${place}`).not.toMatch(/X-Amz-Signature/);
      expect(text.includes(stack.cloud.credentials.secretAccessKey), `a key in the ${place}`).toBe(false);
    }
  });
});
