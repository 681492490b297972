/** The SDK's own file, since it warns once in a process: what it says of Node's version is for us, not for users. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, expect, it, vi } from 'vitest';
import { clientSettings } from '../../../infra/connection/aws';
import { iamToken } from '../../../infra/connection/token';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it('is silent about the version of Node', async () => {
  vi.stubEnv('AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', undefined);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'key');
  vi.spyOn(process, 'version', 'get').mockReturnValue('v18.20.0');
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const region = 'eu-central-1';
  await iamToken({ host: 'db.test', database: 'metrics', user: 'tidemark', iam: true, region });
  new SecretsManagerClient(clientSettings(region, undefined)).destroy();
  expect(warned.mock.calls).toEqual([]);
});
