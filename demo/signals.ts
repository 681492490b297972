/** What has to be waited for before the process may end: a `pulumi up` that a signal has told to end, too. */
let guarded: Promise<unknown> = Promise.resolve();

/** Runs work that must not be abandoned halfway by Ctrl-C. */
export async function guard<T>(work: Promise<T>): Promise<T> {
  guarded = work.catch(() => undefined);
  return work;
}

const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const SAME_MS = 1_000;

/** On Ctrl-C: the cursor comes back, children get their time, and a sentence says how to go on. A second one ends at once. */
export function endOnSignals(): void {
  let told: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      // Ctrl-C can arrive twice: from the terminal, and from the script that started this.
      if (told !== undefined && Date.now() - told < SAME_MS) return;
      if (told !== undefined) process.exit(CODES[signal]);
      told = Date.now();
      if (process.stdout.isTTY) process.stdout.write('\x1b[?25h');
      process.stdout.write('\nInterrupted. Run it again: it goes on where it was.\n');
      void guarded.then(() => process.exit(CODES[signal]));
    });
  }
}
