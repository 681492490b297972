/** Which parameters of a server are not in force, and how that is told. */
import type { ObservedServer, ObservedSetting } from '../db/server/settings';
import { TidemarkError } from '../model/error';

/** Those that wait for a reboot. */
export function pendingOf(observed: ObservedServer): ObservedSetting[] {
  return observed.settings.filter(({ inForce, needsRestart }) => !inForce && needsRestart);
}

/** Those that come in force without one, and are not yet. */
export function lateOf(observed: ObservedServer): ObservedSetting[] {
  return observed.settings.filter(({ inForce, needsRestart }) => !inForce && !needsRestart);
}

/** The same, where RDS holds back what would otherwise need no reboot. */
export function held(observed: ObservedServer): ObservedServer {
  const settings = observed.settings.map((setting) => ({ ...setting, needsRestart: !setting.inForce }));
  return { ...observed, settings };
}

export function notInForce(settings: readonly ObservedSetting[], when: string): TidemarkError {
  const what = settings.map(({ name, value }) => `${name} is ${value ?? 'not set'}`).join(', ');
  return new TidemarkError(`Parameters are not in force ${when}: ${what}.`, {
    hint: 'Check that the server uses this parameter group and that the values are allowed for its class.',
  });
}
