/** Tunnels of this process: one for each way, shared by all connections that take it, closed when idle and at the end. */
import type { Duplex } from 'node:stream';

/** Where bytes are to come out at the far end. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/**
 * An open tunnel. While nobody uses it, it does not keep the process from ending, and it ends with the process, whatever
 * ends that: nothing here listens to signals, which belong to whoever has work to end in good order.
 */
export interface Link {
  /** true once it cannot be used again. */
  readonly closed: boolean;
  dial(target: Target): Promise<Duplex>;
  /** Called with true when the first user comes, with false when the last has gone. */
  hold(used: boolean): void;
  close(): void;
}

interface Entry {
  readonly link: Promise<Link>;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

/** A statement follows a statement: opening anew for each would take a second. */
const IDLE_MILLISECONDS = 10_000;

const entries = new Map<string, Entry>();

/**
 * Opens the tunnel of that key unless it is open, and a stream through it. A tunnel that has died is opened anew, also where
 * that shows only now.
 */
export async function through(
  key: string,
  start: () => Promise<Link>,
  target: Target,
  again = true,
): Promise<Duplex> {
  const entry = await live(key, start);
  const link = await entry.link;
  const leave = (): void => {
    entry.users -= 1;
    if (entry.users > 0) return;
    link.hold(false);
    entry.idle = setTimeout(() => drop(key, entry, link), IDLE_MILLISECONDS).unref();
  };
  try {
    const stream = await link.dial(target);
    stream.once('close', leave);
    return stream;
  } catch (cause) {
    leave();
    if (!link.closed || !again) throw cause;
    return through(key, start, target, false);
  }
}

async function live(key: string, start: () => Promise<Link>): Promise<Entry> {
  for (;;) {
    const entry = entries.get(key) ?? add(key, start);
    clearTimeout(entry.idle);
    entry.users += 1;
    const link = await entry.link;
    if (!link.closed) {
      link.hold(true);
      return entry;
    }
    drop(key, entry, link);
  }
}

function add(key: string, start: () => Promise<Link>): Entry {
  const entry: Entry = { link: start(), users: 0, idle: undefined };
  entries.set(key, entry);
  entry.link.catch(() => forget(key, entry));
  return entry;
}

function forget(key: string, entry: Entry): void {
  if (entries.get(key) === entry) entries.delete(key);
}

function drop(key: string, entry: Entry, link: Link): void {
  forget(key, entry);
  link.close();
}

/** Closes every tunnel, used or not; one that is opening, once it is open. */
export function closeLinks(): void {
  for (const { link } of entries.values()) {
    link.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }
  entries.clear();
}
