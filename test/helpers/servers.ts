import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Generation, type LocalServer, startLocalServer } from '../../infra/local/postgres/server';

/** The checkout, seen from the sources and from the compiled tests. */
function checkout(): string {
  let directory = __dirname;
  while (!existsSync(join(directory, 'package.json'))) directory = dirname(directory);
  return directory;
}

/**
 * The server that the tests of one generation share. It does not sync to disk, which tests of crashes by SIGKILL do
 * not need (the operating system keeps what was written) and which makes databases cheap to create.
 */
export async function testServer(
  generation: Generation,
  settings: Readonly<Record<string, string>> = {},
): Promise<LocalServer> {
  return startLocalServer({
    // Another place under another clock (tools/clocks.mjs), where the server runs already.
    directory:
      process.env['TIDEMARK_TEST_SERVER'] ?? join(checkout(), '.local', 'test', `postgres-${generation}`),
    generation,
    settings: { fsync: 'off', ...settings },
    log: (line) => console.error(line),
  });
}
