import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { located, projectRoot } from '../../../infra/connection/location';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'tidemark-location-')));
const deep = join(scratch, 'project', 'dist', 'infra');
mkdirSync(deep, { recursive: true });
writeFileSync(join(scratch, 'project', 'Pulumi.yaml'), 'name: x\n');

afterAll(() => rmSync(scratch, { recursive: true }));

describe('relative paths', () => {
  it('begin at the folder of Pulumi.yaml, however deep the program starts', () => {
    expect(projectRoot(deep)).toBe(join(scratch, 'project'));
    expect(projectRoot(join(scratch, 'project'))).toBe(join(scratch, 'project'));
  });

  it('begin at the working directory where there is none', () => {
    expect(projectRoot(scratch)).toBe(scratch);
  });

  it('are made absolute in every form of a connection, and absolute ones stay', () => {
    expect(located({ urlFile: 'a/url' }, '/p')).toEqual({ urlFile: '/p/a/url' });
    expect(located({ urlFile: '/a/url' }, '/p')).toEqual({ urlFile: '/a/url' });
    expect(located({ urlEnv: 'X' }, '/p')).toEqual({ urlEnv: 'X' });
    const host = { host: 'h', database: 'd', user: 'u' };
    expect(located({ ...host, passwordFile: 'pw', caFile: 'ca' }, '/p')).toEqual({
      ...host,
      passwordFile: '/p/pw',
      caFile: '/p/ca',
    });
    expect(located(host, '/p')).toEqual(host);
    const ssh = { host: 'b', user: 'u', hostKey: 'SHA256:x' };
    expect(located({ ...host, tunnel: { ssh: { ...ssh, keyFile: 'id' } } }, '/p')).toEqual({
      ...host,
      tunnel: { ssh: { ...ssh, keyFile: '/p/id' } },
    });
    for (const tunnel of [{ ssh }, { ssm: { instance: 'i-1' } }]) {
      expect(located({ ...host, tunnel }, '/p')).toEqual({ ...host, tunnel });
    }
  });
});
