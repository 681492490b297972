import * as pulumi from '@pulumi/pulumi';
import type { Connection } from '../db/connect';
import type { RollupSpec } from '../plan/spec';
import { type ProviderName, providerText } from './stub';

type Each<T> = T extends unknown ? { readonly [K in keyof T]: pulumi.Input<T[K]> } : never;

/** A Connection, of which any part may be the output of another resource. It never holds a password. */
export type ConnectionArgs = Each<Connection>;

export interface EngineArgs {
  readonly connection: pulumi.Input<ConnectionArgs>;
  /** false: leave pg_cron alone; something else calls what the engine's jobs would call. Default true. */
  readonly schedule?: pulumi.Input<boolean>;
}

export interface RollupArgs extends EngineArgs {
  /** In its normal form, as `loadDefinitions` gives it. Its name is the identity of the data and cannot change. */
  readonly definition: pulumi.Input<RollupSpec>;
}

function type(name: string): string {
  return `pulumi-nodejs:dynamic/tidemark:${name}`;
}

/** Outputs are named as undefined, so that Pulumi makes them properties. */
function props(provider: ProviderName, args: object, outputs: readonly string[]): pulumi.Inputs {
  const empty = Object.fromEntries(outputs.map((name) => [name, undefined]));
  return { ...empty, ...args, __provider: providerText(provider) };
}

/** The engine in one database: schema `rollup` with its tables and functions, and the jobs that serve all rollups. */
export class Engine extends pulumi.CustomResource {
  /** Version of the engine's tables. */
  declare readonly version: pulumi.Output<number>;

  constructor(name: string, args: EngineArgs, options?: pulumi.CustomResourceOptions) {
    super(type('Engine'), name, props('engine', args, ['version']), options);
  }
}

/** One rollup: its tables, views, triggers, partitions, refresh job and configuration. Needs the engine. */
export class Rollup extends pulumi.CustomResource {
  /** The views to query, finest tier first, such as `gold.flight_delays_1h`. */
  declare readonly views: pulumi.Output<readonly string[]>;

  constructor(name: string, args: RollupArgs, options?: pulumi.CustomResourceOptions) {
    super(type('Rollup'), name, props('rollup', args, ['views']), options);
  }
}
