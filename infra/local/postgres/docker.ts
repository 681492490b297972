import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { attempt, run } from '../../process/command';
import { type Generation, suiteOf } from './generations';
import type { Account, Log, Programs } from './types';

/** The repository's docker/Dockerfile, found from the sources as well as from the compiled code. */
function dockerfile(): string | null {
  for (let directory = __dirname; directory !== dirname(directory); directory = dirname(directory)) {
    const candidate = join(directory, 'docker', 'Dockerfile');
    if (existsSync(candidate)) return candidate;
  }
  return null;
}

/**
 * An image with the server of one generation, or null where Docker cannot be used. On Linux only: the container
 * shares the machine's process ids and network, so that start, stop and kill are the same as without it.
 */
export async function dockerPrograms(
  generation: Generation,
  account: Account,
  log: Log,
): Promise<Programs | null> {
  const suite = suiteOf(generation);
  if (process.platform !== 'linux' || suite === undefined) return null;
  if ((await attempt({ file: 'docker', args: ['info'] }, process.env)).code !== 0) return null;
  const file = dockerfile();
  if (file === null) return null;
  const image = `tidemark-postgres:${generation}-${account.uid}`;
  log(`Building the Docker image ${image}.`);
  await run(
    'Building the Docker image',
    {
      file: 'docker',
      args: [
        'build',
        '--quiet',
        '--tag',
        image,
        '--file',
        file,
        '--build-arg',
        `SUITE=${suite}`,
        '--build-arg',
        `GENERATION=${generation}`,
        '--build-arg',
        `SERVER_UID=${account.uid}`,
        '--build-arg',
        `SERVER_GID=${account.gid}`,
        dirname(file),
      ],
    },
    process.env,
  );
  return { kind: 'docker', generation, image };
}
