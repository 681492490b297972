/** Reboots a server for its parameters, and waits on what the server itself says. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TidemarkDatabaseError } from '../connection/errors';
import type { ObservedServer } from '../db/server/settings';
import { TidemarkError } from '../model/error';
import { notInForce, pendingOf } from './inForce';
import type { RdsMember } from './rds';
import { isAway } from './resume';

/** A reboot takes a minute, and longer where a crash recovery or a failover is part of it. */
const REBOOT_MILLISECONDS = 30 * 60_000;
/** A changed group is `in-sync` until RDS notices it, mostly within seconds. */
const NOTICE_MILLISECONDS = 60_000;
const POLL_MILLISECONDS = 2_000;

export interface Restartable {
  /** The writer first. */
  members(): Promise<readonly RdsMember[]>;
  /** false if the instance is busy. */
  reboot(instance: string): Promise<boolean>;
  /** What the server says; waits for one that is away. */
  observe(): Promise<ObservedServer>;
  /** The same, at once or not at all. */
  look(): Promise<ObservedServer>;
}

/** Reboots the writer and then the readers, for parameters of the writer that are known to wait for it. */
export async function restart(server: Restartable): Promise<void> {
  const deadline = Date.now() + REBOOT_MILLISECONDS;
  await noticed(server, deadline);
  const before = (await server.observe()).startedAt;
  for (const { instance } of await server.members()) await rebootWhenFree(server, instance, deadline);
  await back(server, before, deadline);
}

/** Reboots the readers that still wait for it while their writer does not, as after an `up` that failed between the two. */
export async function restartReaders(server: Restartable): Promise<void> {
  const deadline = Date.now() + REBOOT_MILLISECONDS;
  const [writer, ...readers] = await server.members();
  // Where it waits, too, RDS knows of more than what was asked of the settings: no reader is to run ahead of it.
  if (writer?.parameters !== 'in-sync') return;
  const waiting = readers.filter(({ parameters }) => parameters === 'pending-reboot');
  for (const { instance } of waiting) await rebootWhenFree(server, instance, deadline);
}

async function rebootWhenFree(server: Restartable, instance: string, deadline: number): Promise<void> {
  while (!(await server.reboot(instance))) {
    if (Date.now() > deadline)
      throw notBack(`The instance ${instance} could not be rebooted: it was busy for`);
    await sleep(POLL_MILLISECONDS);
  }
}

/** A reboot before RDS has taken in the changed group would come up with the old values. */
async function noticed(server: Restartable, deadline: number): Promise<void> {
  const unnoticed = Date.now() + NOTICE_MILLISECONDS;
  while (Date.now() <= deadline) {
    const found = (await server.members()).map(({ parameters }) => parameters);
    if (found.every((status) => status === 'pending-reboot')) return;
    const calm = found.every((status) => status === 'pending-reboot' || status === 'in-sync');
    if (calm && Date.now() >= unnoticed) return;
    await sleep(POLL_MILLISECONDS);
  }
}

/** Waits for a server that has started since, and whose parameters are in force. */
async function back(server: Restartable, before: string, deadline: number): Promise<void> {
  // Another start time alone proves nothing: after a failover it is that of another instance, whose reboot is still to come.
  let rebooted = false;
  let away: TidemarkDatabaseError | undefined;
  for (;;) {
    const over = Date.now() > deadline;
    try {
      const observed = await server.look();
      away = undefined;
      if (observed.startedAt !== before) {
        const pending = pendingOf(observed);
        if (pending.length === 0) return;
        if (rebooted || over) throw notInForce(pending, 'though the server was rebooted');
        rebooted = (await server.members()).every(({ status }) => status === 'available');
      }
    } catch (error) {
      if (!isRestarting(error)) throw error;
      away = error;
    }
    if (over) throw notBack('The server did not come back from its reboot within', away);
    await sleep(POLL_MILLISECONDS);
  }
}

/** 53300: whoever was connected comes back at once, and leaves no connection for a moment. */
function isRestarting(error: unknown): error is TidemarkDatabaseError {
  return isAway(error) || (error instanceof TidemarkDatabaseError && error.sqlState === '53300');
}

function notBack(what: string, last?: TidemarkDatabaseError): TidemarkError {
  return new TidemarkError(`${what} half an hour.${last === undefined ? '' : ` ${last.message}`}`, {
    hint: 'Look at the events of the instance in the RDS console, then run `pulumi up` again.',
  });
}
