import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

type Environment = Readonly<Record<string, string>>;
interface Backend {
  readonly env: Environment;
  readonly told: string;
}

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tidemark-backend-'));
});
afterEach(() => rmSync(home, { recursive: true }));

async function backend(environment: Environment): Promise<Backend> {
  // Plain Node, without types.
  const module: unknown = await import(join(__dirname, '../../../tools/backend.mjs'));
  return (module as { backend(environment: Environment, home: string): Backend }).backend(environment, home);
}

function login(current: string | undefined, folder = join(home, '.pulumi')): string {
  mkdirSync(folder, { recursive: true });
  const accounts = { 'https://api.pulumi.com': { accessToken: 'of-nobody' } };
  writeFileSync(join(folder, 'credentials.json'), JSON.stringify({ current, accounts }));
  return folder;
}

describe('where `npm run aws` keeps the state', () => {
  it('is the home directory, with a passphrase that is made once', async () => {
    const { env, told } = await backend({});
    const file = join(home, '.pulumi', 'tidemark-passphrase');
    expect(env).toEqual({ PULUMI_BACKEND_URL: 'file://~', PULUMI_CONFIG_PASSPHRASE_FILE: file });
    expect(told).toContain('~/.pulumi');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const first = readFileSync(file, 'utf8');
    await backend({});
    expect(readFileSync(file, 'utf8')).toBe(first);
    expect((await backend({ PULUMI_CONFIG_PASSPHRASE: '' })).env).toEqual({ PULUMI_BACKEND_URL: 'file://~' });
  });

  it.each(['s3://team', 'https://api.pulumi.com'])('is where a Pulumi login to %s says', async (current) => {
    const folder = login(current);
    const { env, told } = await backend({});
    // Pulumi reads address and token there itself: neither passes through here.
    expect(env).toEqual({ PULUMI_CREDENTIALS_PATH: folder });
    expect(told).toContain('Pulumi login');
    expect(existsSync(join(folder, 'tidemark-passphrase'))).toBe(false);
  });

  it.each(['PULUMI_HOME', 'PULUMI_CREDENTIALS_PATH'])('is where a login below %s says', async (name) => {
    const folder = login('s3://team', join(home, 'elsewhere'));
    expect((await backend({ [name]: folder })).env).toEqual({ PULUMI_CREDENTIALS_PATH: folder });
  });

  it.each(['file://~', undefined])('is the home directory after a login to %s', async (current) => {
    login(current);
    expect((await backend({})).env['PULUMI_BACKEND_URL']).toBe('file://~');
  });

  it('is what the environment says before all else', async () => {
    login('s3://team');
    expect(await backend({ PULUMI_BACKEND_URL: 's3://other' })).toEqual({ env: {}, told: '' });
  });

  it('is the home directory after a login to it, whatever token there is', async () => {
    login('file://~');
    expect((await backend({ PULUMI_ACCESS_TOKEN: 'x' })).env['PULUMI_BACKEND_URL']).toBe('file://~');
  });

  it('is Pulumi Cloud with a token alone', async () => {
    expect(await backend({ PULUMI_ACCESS_TOKEN: 'of-nobody' })).toEqual({ env: {}, told: '' });
  });

  it('is not guessed where the record of the login cannot be read', async () => {
    writeFileSync(join(login(undefined), 'credentials.json'), '{');
    await expect(backend({})).rejects.toThrow(/credentials\.json cannot be read/);
  });
});
