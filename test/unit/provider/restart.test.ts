import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TidemarkDatabaseError } from '../../../infra/connection/errors';
import type { ObservedServer } from '../../../infra/db/server/settings';
import type { RdsMember } from '../../../infra/provider/rds';
import { type Restartable, restart } from '../../../infra/provider/restart';

// Time passes when it is slept, and only then.
vi.mock('node:timers/promises', () => ({
  setTimeout: async (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds),
}));
let begin: number;
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }));
beforeEach(() => {
  begin = Date.now();
});
afterAll(() => void vi.useRealTimers());
const seconds = () => (Date.now() - begin) / 1000;

const member = (parameters: string, status = 'available', instance = 'a'): RdsMember => ({
  instance,
  status,
  parameters,
});
const running = (startedAt: string, inForce: boolean): ObservedServer => ({
  startedAt,
  settings: [{ name: 'max_connections', value: inForce ? '300' : '200', inForce, needsRestart: true }],
});
const refused = (sqlState: string) => new TidemarkDatabaseError(`It says ${sqlState}.`, sqlState, {});

/** A server that comes up with the new values if RDS knew of them when it was rebooted. */
function server(parts: Partial<Restartable> = {}) {
  let rebooted: boolean | undefined;
  const members = parts.members ?? (async () => [member('pending-reboot')]);
  const known = async () => (await members()).every(({ parameters }) => parameters === 'pending-reboot');
  return {
    observe: async () => running('first', false),
    look: async () => (rebooted === undefined ? running('first', false) : running('second', rebooted)),
    ...parts,
    members,
    reboot: vi.fn(async () => {
      rebooted = await known();
      return true;
    }),
  };
}

describe('a reboot for parameters', () => {
  it('waits until RDS has noticed the changed group, which looks in-sync before', async () => {
    const status = () => (seconds() < 10 ? 'in-sync' : seconds() < 20 ? 'applying' : 'pending-reboot');
    const waiting = server({ members: async () => [member(status())] });
    await restart(waiting);
    expect(waiting.reboot).toHaveBeenCalledTimes(1);
    expect(seconds()).toBeGreaterThanOrEqual(20);
  });

  it('is done after a minute where RDS shows nothing', async () => {
    const silent = server({ members: async () => [member('in-sync')] });
    await expect(restart(silent)).rejects.toThrow(
      'Parameters are not in force though the server was rebooted: max_connections is 200.',
    );
    expect(silent.reboot).toHaveBeenCalledTimes(1);
    expect(seconds()).toBeGreaterThanOrEqual(60);
    expect(seconds()).toBeLessThan(90);
  });

  it('is waited for while a failover shows another instance, that has not restarted yet', async () => {
    const members = async () => [
      member('pending-reboot'),
      member('pending-reboot', seconds() < 30 ? 'rebooting' : 'available', 'b'),
    ];
    const look = async () => (seconds() < 29 ? running('other', false) : running('again', true));
    const failing = server({ members, look });
    await restart(failing);
    expect(failing.reboot.mock.calls).toEqual([['a'], ['b']]);
    expect(seconds()).toBeGreaterThanOrEqual(29);
  });

  it.each(['28P01', 'SELF_SIGNED_CERT_IN_CHAIN', '3D000'])('ends at once with %s', async (state) => {
    const look = async () => Promise.reject(refused(state));
    await expect(restart(server({ look }))).rejects.toThrow(`It says ${state}.`);
    expect(seconds()).toBeLessThan(10);
  });

  it.each(['ECONNREFUSED', '57P03', '53300'])('is waited for through %s, and told with it', async (state) => {
    const look = async () => Promise.reject(refused(state));
    await expect(restart(server({ look }))).rejects.toThrow(
      `The server did not come back from its reboot within half an hour. It says ${state}.`,
    );
    expect(seconds()).toBeGreaterThan(1700);
  });
});
