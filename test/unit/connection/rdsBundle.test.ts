import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { expect, it } from 'vitest';
import { rdsBundlePath } from '../../../infra/connection/rdsBundle';
import { rdsAuthorities } from '../../../infra/connection/tls';

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

it('the bundle holds the authorities that connections trust (else: node tools/rdsBundle.mjs)', () => {
  expect(isAbsolute(rdsBundlePath())).toBe(true);
  const inFile = readFileSync(rdsBundlePath(), 'utf8').match(PEM) ?? [];
  const prints = (texts: readonly string[]) => texts.map((text) => new X509Certificate(text).fingerprint256);
  expect(prints(inFile)).toEqual(prints(rdsAuthorities()));
  for (const text of inFile) expect(new X509Certificate(text).ca).toBe(true);
});
