// Where `npm run aws` keeps Pulumi's state.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Pulumi's name for ~/.pulumi, as `pulumi login --local` records it. */
const HOME = 'file://~';

/** What Pulumi has recorded of a login: where to, and the folder where it keeps that and the token, and renews it. */
function login(environment, home) {
  const folder = environment.PULUMI_CREDENTIALS_PATH ?? environment.PULUMI_HOME ?? join(home, '.pulumi');
  const file = join(folder, 'credentials.json');
  if (!existsSync(file)) return { folder };
  try {
    return { folder, current: JSON.parse(readFileSync(file, 'utf8')).current };
  } catch {
    throw new Error(
      `${file} cannot be read. It records where the state is stored: log in again with \`pulumi login\`.`,
    );
  }
}

/** Where the state goes, and with which key: the user's own choice, or Pulumi's folder in the home directory. */
export function backend(environment, home) {
  const { PULUMI_BACKEND_URL: url, PULUMI_ACCESS_TOKEN: token } = environment;
  if (url !== undefined) return { env: {}, told: '' };
  const { folder, current } = login(environment, home);
  if (current !== undefined && current !== HOME) {
    // The CLI gets a PULUMI_HOME of this checkout, where nobody has logged in.
    const told = `The state is stored in the place that your Pulumi login names (${join(folder, 'credentials.json')}).`;
    return { env: { PULUMI_CREDENTIALS_PATH: folder }, told };
  }
  if (current === undefined && token !== undefined) return { env: {}, told: '' };
  const keys = ['PULUMI_CONFIG_PASSPHRASE', 'PULUMI_CONFIG_PASSPHRASE_FILE'];
  const env = { PULUMI_BACKEND_URL: HOME };
  if (keys.every((name) => environment[name] === undefined)) {
    const file = join(home, '.pulumi', 'tidemark-passphrase');
    mkdirSync(dirname(file), { recursive: true });
    if (!existsSync(file))
      writeFileSync(file, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
    env.PULUMI_CONFIG_PASSPHRASE_FILE = file;
  }
  const told =
    'The state is stored in ~/.pulumi. For a team, store it in a bucket: set PULUMI_BACKEND_URL=s3://<bucket> before the first `up`.';
  return { env, told };
}
