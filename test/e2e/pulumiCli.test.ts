import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { pinnedVersion } from '../../infra/local/pulumi/build';
import { ensurePulumiCli, OLDEST_PULUMI } from '../../infra/local/pulumi/cli';
import { compareVersions } from '../../infra/local/pulumi/version';
import { runProcess } from '../../infra/process/run';

const root = path.resolve(__dirname, '../..');
/** The very first run on a machine may have to build the CLI. */
const BUILD_MS = 1_200_000;

describe('ensurePulumiCli', () => {
  it(
    'gives a pulumi that runs and is recent enough',
    async () => {
      const cli = await ensurePulumiCli({ root, log: (line) => process.stderr.write(`${line}\n`) });
      const result = await runProcess(cli.command, ['version'], { env: { ...process.env, ...cli.env } });
      expect(result.code).toBe(0);
      expect(result.stdout.trim()).toBe(`v${cli.version}`);
      expect(compareVersions(cli.version, OLDEST_PULUMI)).toBeGreaterThanOrEqual(0);
    },
    BUILD_MS,
  );

  it('builds the same version as the npm package downloads', async () => {
    const file = require.resolve('pulumi/package.json', { paths: [root] });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ version: await pinnedVersion(root) });
  });

  it('compares versions by number', () => {
    expect(compareVersions('3.99.0', '3.216.0')).toBeLessThan(0);
    expect(compareVersions('v3.216.0-alpha.1', '3.216.0')).toBe(0);
    expect(compareVersions('4.0.0', '3.216.9')).toBeGreaterThan(0);
  });
});
