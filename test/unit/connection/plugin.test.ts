import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSsm } from '../../../infra/connection/ssm';
import { resuming } from '../../../infra/provider/resume';
import { type StandInSsm, startSsm } from '../../helpers/ssm';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-plugin-'));
const way = { instance: 'i-0123456789abcdef0', region: 'eu-central-1', profile: undefined };
let ssm: StandInSsm;

beforeAll(async () => {
  ssm = await startSsm(folder, 1);
});
beforeEach(() => {
  vi.stubEnv('PATH', `${ssm.bin}${delimiter}${process.env['PATH']}`);
  vi.stubEnv('AWS_ENDPOINT_URL_SSM', ssm.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'hunter2-key');
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => {
  ssm?.stop();
  rmSync(folder, { recursive: true });
});

/** The stand-in opens no port for this host, as AWS's own with an agent that is too old. */
const open = (): Promise<unknown> => openSsm(way, { host: 'broken.test', port: 5432 });

describe('a plugin that opens no port', () => {
  it('is told at once where the database has never answered', async () => {
    const before = ssm.runs().length;
    // No patience: a second session would be the one too many.
    await expect(resuming('new', open, 0)).rejects.toMatchObject({
      message: expect.stringContaining('session-manager-plugin ended before it opened a port'),
      sqlState: 'ETIMEDOUT',
    });
    expect(ssm.runs().length).toBe(before + 1);
  });

  it('is tried again where it has: the instance may be on its way back', async () => {
    const before = ssm.runs().length;
    await resuming('known', async (reached) => reached());
    let calls = 0;
    expect(await resuming('known', async () => (calls++ === 0 ? open() : 'done'))).toBe('done');
    expect(ssm.runs().length).toBe(before + 1);
  });
});
