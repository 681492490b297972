/**
 * A program in our place, which ends what it is doing in good order by a signal, and at once by the second: it has to hear
 * each signal once, whether that was sent to us or to our group.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { isatty } from 'node:tty';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The same signal within this time comes from the same event: `timeout` and npm send it on to whom it has reached already. */
const SAME_MILLISECONDS = 1_000;

export interface ForegroundOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

/** Runs a program on our standard streams. The exit code, as a shell gives it for a signal; rejects where it does not start. */
export async function runForeground(
  command: string,
  args: readonly string[],
  options: ForegroundOptions,
): Promise<number> {
  // At a terminal it must stay in the terminal's group, to be interrupted and to read. Elsewhere a signal to our group, of
  // which it would know by itself, must not be one more.
  const atTerminal = isatty(0);
  const child = spawn(command, args, { ...options, stdio: 'inherit', detached: !atTerminal });
  const pass = passer(child, atTerminal);
  for (const signal of SIGNALS) process.on(signal, pass);
  return new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  }).finally(() => {
    for (const signal of SIGNALS) process.off(signal, pass);
  });
}

/** Hands on a signal unless it repeats one that was just handed on. */
function passer(child: ChildProcess, atTerminal: boolean): (signal: NodeJS.Signals) => void {
  const passed = new Map<NodeJS.Signals, number>();
  return (signal) => {
    // Ctrl-C has reached it, too.
    if (atTerminal && signal === 'SIGINT') return;
    // Pulumi would die of SIGHUP; SIGTERM lets it end in good order.
    const asked = signal === 'SIGHUP' ? 'SIGTERM' : signal;
    const last = passed.get(asked);
    if (last !== undefined && performance.now() - last < SAME_MILLISECONDS) return;
    passed.set(asked, performance.now());
    child.kill(asked);
  };
}
