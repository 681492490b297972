/** A stack whose database this machine reaches through an SSH tunnel only: `tidemark pulumi` with all real parts. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProcessResult, runProcess } from '../../../infra/process/run';
import { type Bastion, startBastion } from '../../database/connection/bastion';
import { ROOT } from './cloudHelper';
import { flights } from './flights';
import { AwsStack } from './stack';

const IDENTIFIER = 'metrics-tunnel';
/** No resolver knows a name below .test, nor is it one of RDS, which would be looked for in the stack's outputs. */
const HOST = 'metrics.db.test';
const FOLDER = join(ROOT, '.local', 'test', 'cloud', 'tunnel');

let stack: AwsStack;
let bastion: Bastion;
/** After so many logins by IAM nothing gets through any more. */
let loginsUntilCut = Number.POSITIVE_INFINITY;
let said = '';

async function tidemark(...args: readonly string[]): Promise<ProcessResult> {
  const command = [join(ROOT, 'dist', 'infra', 'cli', 'main.js'), ...args];
  const result = await runProcess(process.execPath, command, { cwd: FOLDER, env: stack.runner.env });
  said += result.stdout + result.stderr;
  return result;
}

async function pulumi(...args: readonly string[]): Promise<string> {
  const flags = ['--config-file', stack.runner.configFile, '--non-interactive', '--color', 'never'];
  const { code, stdout, stderr } = await tidemark('pulumi', '--', ...args, ...flags);
  return `${stdout}\n${stderr}\nended with ${code}`;
}

/** Of the types of resources that the last run made or changed. */
const changed = (text: string, type: string): boolean =>
  new RegExp(`\\b${type} \\S+ (created|updated|replaced)`).test(text);

beforeAll(async () => {
  await mkdir(join(FOLDER, 'bastion'), { recursive: true });
  bastion = await startBastion(join(FOLDER, 'bastion'), () => {
    const { tokenLogins } = stack.cloud;
    return tokenLogins.length < loginsUntilCut ? stack.cloud.database(IDENTIFIER).port : 1;
  });
  const { port, hostKey } = bastion;
  const ssh = { host: '127.0.0.1', port, user: 'ops', keyFile: 'bastion/id', hostKey };
  const options = { engine: 'rds', engineVersion: '18', identifier: IDENTIFIER, protect: false };
  stack = await AwsStack.start('tunnel', IDENTIFIER, { ...options, tunnel: { ssh } }, HOST);
  await stack.define('flights', flights());
});
afterAll(async () => {
  await stack?.close();
  bastion?.stop();
});

describe('a stack behind a tunnel', () => {
  it('previews while its host is unknown', async () => {
    const text = await pulumi('preview', '--diff');
    expect(text).toMatch(/pulumi:providers:postgresql: \(create\)[\s\S]*?\n +host +: \[unknown\]/);
    expect(text).toContain('ended with 0');
    expect(bastion.asked).toEqual([]);
  });

  it('fails where the tunnel breaks in the middle of up', async () => {
    // Two for each resource: to make it, and to look at it.
    loginsUntilCut = 4;
    const text = await pulumi('up', '--yes', '--skip-preview');
    expect(text).toMatch(/Login \S+ created/);
    expect(text).not.toContain('ended with 0');
    loginsUntilCut = Number.POSITIVE_INFINITY;
  });

  it('is completed by the next up, which has to tell the way though none of our resources needs it first', async () => {
    const text = await pulumi('up', '--yes', '--skip-preview');
    expect(text).toContain('ended with 0');
    expect(changed(text, 'tidemark:Login')).toBe(false);
    expect(text).toMatch(/Rollup flights created/);
    expect(new Set(bastion.asked)).toEqual(new Set([`${HOST}:${stack.cloud.database(IDENTIFIER).port}`]));
  });

  it('has nothing to do then', async () => {
    expect(await pulumi('preview', '--diff', '--expect-no-changes')).toContain('ended with 0');
  });

  it('shows its status by the connection that it puts out', async () => {
    const { stdout } = await stack.runner.run(['stack', 'output', 'connection', '--json']);
    await writeFile(join(FOLDER, 'connection.json'), stdout);
    const { code, stdout: table } = await tidemark('status', '--connection', 'connection.json');
    expect(table).toContain('flights');
    expect(code).toBe(0);
  });

  it('has told nobody a password, a token, a key or the way into the proxy', async () => {
    const traces = (await stack.traces()) + said;
    for (const password of stack.cloud.secrets.passwords) expect(traces.includes(password)).toBe(false);
    expect(traces).not.toMatch(/X-Amz-Signature|PRIVATE KEY|socks5:/);
    expect(said).not.toMatch(/Node\w*Warning/);
  });
});
