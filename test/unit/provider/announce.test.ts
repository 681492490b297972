/** What a provider that connects by itself waits for: in an up that the way is told, in a preview nothing. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ROUTES_VARIABLE } from '../../../infra/connection/routes';
import { announcedHost } from '../../../infra/provider/announce';

const HOST = 'metrics.db.test';
const connection = { host: HOST, database: 'metrics', user: 'tidemark', region: 'eu-central-1' };
const tunnel = { ssm: { instance: 'i-0123456789abcdef0' } };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-announce-'));
  vi.stubEnv(ROUTES_VARIABLE, join(folder, 'routes'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** The host; undefined while it is unknown. */
async function resolved(given: Parameters<typeof announcedHost>[0], preview: boolean) {
  await pulumi.runtime.setMocks(
    { newResource: () => ({ id: '', state: {} }), call: () => ({}) },
    'p',
    's',
    preview,
  );
  const host = announcedHost(given) as unknown as {
    promise(): Promise<string>;
    readonly isKnown: Promise<boolean>;
  };
  const value = await host.promise();
  return (await host.isKnown) ? value : undefined;
}
/** What an output of a resource that is still to be made is in a preview. */
const unknown = <T>(): pulumi.Output<T> => pulumi.output(pulumi.unknown) as unknown as pulumi.Output<T>;

describe('the host of a database behind a tunnel', () => {
  it('is known when the way to it is told', async () => {
    expect(await resolved(pulumi.output({ ...connection, tunnel }), false)).toBe(HOST);
    expect(JSON.parse(readFileSync(join(folder, 'routes'), 'utf8'))).toMatchObject({ host: HOST, tunnel });
  });

  it('is not lost for a mistake in the connection, which others tell', async () => {
    const wrong = { ...connection, port: 0, tunnel: { ssm: { instance: 'web' } } };
    expect(await resolved(wrong, false)).toBe(HOST);
  });

  it('is known in a preview, though the bastion is about to be replaced', async () => {
    expect(await resolved({ ...connection, tunnel: unknown() }, true)).toBe(HOST);
  });

  it('is unknown in a preview before there is a database', async () => {
    expect(await resolved({ ...connection, host: unknown<string>(), tunnel }, true)).toBeUndefined();
    expect(await resolved(unknown(), true)).toBeUndefined();
  });
});
