import { ensurePulumiCli } from '../infra/local/pulumi/cli';
import { paragraph, report, say } from './terminal';

export interface CliInWork {
  /** Waits for it, and from now on tells how far it is. */
  ready(): Promise<void>;
}

/**
 * Looks for the Pulumi CLI, and where there is none fetches or builds it, while the caller goes on: of all that the demo
 * needs it takes longest. What goes wrong is told by `ready`.
 */
export function startCli(root: string): CliInWork {
  let waiting = false;
  let told = false;
  const log = (line: string): void => {
    if (!told) {
      told = true;
      say(
        paragraph(
          'This checkout has no Pulumi CLI yet, which step 3 needs: it is fetched beside steps 1 and 2, or built where no ' +
            'download can be had. Building takes about five minutes on two processors, and happens once.',
        ),
      );
    }
    if (waiting || !line.endsWith('so far.')) report(line);
  };
  const found = ensurePulumiCli({ root, log });
  found.catch(() => undefined);
  return {
    async ready() {
      waiting = true;
      await found;
    },
  };
}
