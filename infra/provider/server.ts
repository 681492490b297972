/** The provider of a server's parameters: waits until they are in force, and reboots where that is allowed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { withConnection } from '../connection/connect';
import { located } from '../connection/location';
import { type ObservedServer, observeSettings } from '../db/server/settings';
import { TidemarkError } from '../model/error';
import { asConnection, connectionProblems } from './connection';
import { read } from './database';
import { failures } from './failure';
import { held, lateOf, notInForce, pendingOf } from './inForce';
import type { CheckResult, Provider } from './provider';
import { describeMembers, type RdsTarget, reboot } from './rds';
import { type Restartable, restart, restartReaders } from './restart';
import { type Data, decode, MISSING, outputsOf } from './state';
import { sameData, UNKNOWN } from './unknown';

const KEYS = ['connection', 'instance', 'cluster', 'region', 'parameters', 'pending'] as const;

/** Without these there is no scheduler, so nothing after this resource could work. */
const ESSENTIAL = new Set(['shared_preload_libraries', 'cron.database_name']);

/** RDS applies a changed group within seconds, mostly; it promises nothing. */
const APPLY_MILLISECONDS = 10 * 60_000;
/** So long after, what is not in force and is said to wait for a reboot does wait for one. */
const HOLD_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 2_000;

type Parameters = Readonly<Record<string, string>>;

function check(given: Data): CheckResult {
  const { connection, instance, cluster, region, parameters, allowReboot } = given;
  const found = [...connectionProblems(connection)];
  if ((instance === undefined) === (cluster === undefined)) {
    found.push(
      'Give either instance or cluster: the identifier of the instance or cluster that may be rebooted.',
    );
  }
  if (typeof region !== 'string') found.push('region is missing: the AWS region of the database.');
  if (typeof parameters !== 'object' || parameters === null) {
    if (parameters !== UNKNOWN) found.push('parameters must be a map from name to value.');
  }
  if (found.length > 0) return { inputs: { ...given }, failures: failures(found) };
  const target = instance === undefined ? { cluster } : { instance };
  return {
    inputs: { connection, ...target, region, parameters, pending: [], allowReboot: allowReboot === true },
  };
}

async function apply(inputs: Data): Promise<Data> {
  const wanted = inputs['parameters'] as Parameters;
  let observed = await settled(inputs, wanted);
  if (inputs['allowReboot'] === true) {
    const database = restartable(inputs, wanted);
    if (pendingOf(observed).length > 0) {
      await restart(database);
      observed = await settled(inputs, wanted);
      // The writer tells of itself alone: a reader whose reboot failed would become a writer with the old parameters.
    } else if (inputs['cluster'] !== undefined) await restartReaders(database);
  }
  const waiting = pendingOf(observed);
  const lacking = waiting.filter(({ name }) => ESSENTIAL.has(name));
  if (lacking.length > 0) {
    const what = lacking.map(({ name, value }) => `${name} (now ${value ?? 'not set'})`).join(' and ');
    throw new TidemarkError(
      `The server must be rebooted before the rollups can be applied: ${what} of its parameter group ${lacking.length === 1 ? 'waits' : 'wait'} for a reboot.`,
      {
        hint: 'Allow the reboot with `allowReboot: true` (it takes about a minute and ends all connections), or reboot the server yourself. Then run `pulumi up` again.',
      },
    );
  }
  return outputs(inputs, observed);
}

/** The settings, once those that need no restart are in force, or RDS says that it holds them back until one. */
async function settled(inputs: Data, wanted: Parameters): Promise<ObservedServer> {
  const begun = Date.now();
  for (;;) {
    const observed = await read(inputs, (client) => observeSettings(client, wanted));
    const late = lateOf(observed);
    if (late.length === 0) return observed;
    const waited = Date.now() - begun;
    if (waited > HOLD_MILLISECONDS && (await isHeld(inputs))) return held(observed);
    if (waited > APPLY_MILLISECONDS)
      throw notInForce(late, 'ten minutes after the parameter group was changed');
    await sleep(POLL_MILLISECONDS);
  }
}

/**
 * Whether RDS keeps the writer's changed parameters, dynamic ones too, until a reboot: those of a group that it was given while it
 * ran, and those whose apply method says so.
 */
async function isHeld(inputs: Data): Promise<boolean> {
  try {
    return (await describeMembers(targetOf(inputs)))[0]?.parameters === 'pending-reboot';
  } catch {
    // Who may not ask finds out by waiting, and is then told of the parameters.
    return false;
  }
}

function restartable(inputs: Data, wanted: Parameters): Restartable {
  const target = targetOf(inputs);
  const connection = () => located(asConnection(inputs['connection']));
  return {
    members: () => describeMembers(target),
    reboot: (instance) => reboot(target, instance),
    observe: () => read(inputs, (client) => observeSettings(client, wanted)),
    look: () => withConnection(connection(), (client) => observeSettings(client, wanted)),
  };
}

function targetOf(inputs: Data): RdsTarget {
  const { instance, cluster, region, connection } = inputs as Readonly<Record<string, string>>;
  const profile = (connection as unknown as { profile?: string }).profile;
  return {
    region: region ?? '',
    ...(cluster === undefined ? { instance: instance ?? '' } : { cluster }),
    ...(profile === undefined ? {} : { profile }),
  };
}

/** As found: what is not in force differs from the inputs, so that previews show it until it is. */
function outputs(inputs: Data, observed: ObservedServer): Data {
  const parameters = Object.fromEntries(observed.settings.map(({ name, value }) => [name, value ?? MISSING]));
  return outputsOf({ ...inputs, parameters, pending: pendingOf(observed).map(({ name }) => name) });
}

/** Its methods run in a process of their own, called with what `resources.ts` registered and `check` returned. */
export const server: Provider = {
  check: async (_before, given) => check(given),

  async diff(_id, kept, inputs) {
    const before = decode(kept);
    return { changes: KEYS.some((key) => !sameData(before[key], inputs[key])) };
  },

  async create(inputs) {
    return { id: 'server', outs: await apply(decode(inputs)) };
  },

  async update(_id, _kept, inputs) {
    return { outs: await apply(decode(inputs)) };
  },

  async read(id, kept) {
    const inputs = decode(kept);
    const observed = await read(inputs, (client) =>
      observeSettings(client, inputs['parameters'] as Parameters),
    );
    const found = decode(outputs(inputs, observed));
    const { format, ...rest } = found;
    return { id, inputs: rest, props: outputsOf(rest) };
  },

  /** The parameters belong to the server's parameter group; there is nothing to take away. */
  async delete() {},
};
