/**
 * A program in our place, which ends what it is doing in good order by a signal, and at once by the second: it has to hear
 * each signal once, whether that was sent to us, to all programs of a terminal, to our group or to every process.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** The same signal within this time comes from the same event: `timeout` and npm send it on to whom it has reached already. */
const SAME_MILLISECONDS = 1_000;
/** What reaches every process has reached the witness by then. */
const WITNESS_MILLISECONDS = 500;

/**
 * Beside the program: tells which signals reach the two of them without us, and when we are gone, whatever ended us, asks
 * the program to end. Descriptor 3 lasts as long as we do; what reads it outlives every signal but SIGKILL.
 */
const WITNESS = `
trap "" PIPE
for name in INT TERM HUP; do trap "echo SIG$name" $name; done
(trap "" INT TERM HUP; exec cat <&3 >/dev/null) &
exec 3<&-
while kill -0 $! 2>/dev/null; do wait $!; done
kill -TERM "$1"
`;

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
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
  const witness = startWitness(child, !atTerminal);
  const pass = firstOf((signal) => {
    // Ctrl-C has reached it, too.
    if (atTerminal && signal === 'SIGINT') return;
    setTimeout(() => witness.knows(signal) || child.kill(signal), WITNESS_MILLISECONDS).unref();
  });
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    return await ended;
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
    witness.end();
  }
}

/** Hands on a signal unless it repeats one that was just handed on. */
function firstOf(pass: (signal: NodeJS.Signals) => void): (signal: NodeJS.Signals) => void {
  const passed = new Map<NodeJS.Signals, number>();
  return (signal) => {
    if (isRecent(passed.get(signal))) return;
    passed.set(signal, performance.now());
    pass(signal);
  };
}

function isRecent(time: number | undefined): boolean {
  return time !== undefined && performance.now() - time < SAME_MILLISECONDS;
}

interface Witness {
  /** Whether the signal has just reached it, and so the program. */
  knows(signal: NodeJS.Signals): boolean;
  end(): void;
}

/** @param detached As the program is: what reaches the one is to reach the other. */
function startWitness({ pid }: ChildProcess, detached: boolean): Witness {
  if (pid === undefined) return { knows: () => false, end: () => undefined };
  const shell = spawn('/bin/sh', ['-c', WITNESS, 'sh', String(pid)], {
    stdio: ['ignore', 'pipe', 'ignore', 'pipe'],
    detached,
  });
  shell.on('error', () => undefined).unref();
  const heard = new Map<string, number>();
  const told = shell.stdio[1] as Readable;
  const lasting = shell.stdio[3] as Readable;
  told.setEncoding('utf8').on('data', (text: string) => {
    for (const signal of text.split('\n')) heard.set(signal, performance.now());
  });
  lasting.on('error', () => undefined);
  return {
    knows: (signal) => isRecent(heard.get(signal)),
    end: () => {
      // First of all, so that it does not ask the program's successor in that number to end.
      shell.kill('SIGKILL');
      lasting.destroy();
      told.destroy();
    },
  };
}
