import * as pulumi from '@pulumi/pulumi';
import type { Connection } from '../connection/connection';
import type { RollupDefinition } from '../model/definition';
import type { Owner } from '../model/owner';
import { type ProviderName, providerText } from './stub';

type Each<T> = T extends unknown ? { readonly [K in keyof T]: pulumi.Input<T[K]> } : never;

/** A Connection, of which any part may be the output of another resource. It never holds a password. */
export type ConnectionArgs = Each<Connection>;

export interface EngineArgs {
  readonly connection: pulumi.Input<ConnectionArgs>;
  /** false: leave pg_cron alone; something else calls what the engine's jobs would call. Default true. */
  readonly schedule?: pulumi.Input<boolean>;
  /** true: takes over rollups that another stack or resource has deployed to this database. Default false: they are refused. */
  readonly adopt?: pulumi.Input<boolean>;
  /** Version of the server, if something here upgrades it: a change updates the extensions, which an upgrade leaves behind. */
  readonly serverVersion?: pulumi.Input<string>;
}

export interface RollupArgs extends Omit<EngineArgs, 'serverVersion'> {
  /** In its normal form, as `loadDefinitions` gives it. Its name is the identity of the data and cannot change. */
  readonly definition: pulumi.Input<RollupDefinition>;
}

function type(name: string): string {
  return `pulumi-nodejs:dynamic/tidemark:${name}`;
}

/** Outputs are named as undefined, so that Pulumi makes them properties. */
function props(provider: ProviderName, args: object, outputs: readonly string[]): pulumi.Inputs {
  const empty = Object.fromEntries(outputs.map((name) => [name, undefined]));
  return { ...empty, ...args, __provider: providerText(provider) };
}

/** Of the stack's backend; null: it knows no organizations and gives them all one name, or does not say. */
function organization(): string | null {
  try {
    const name = pulumi.getOrganization();
    return name === 'organization' ? null : name;
  } catch {
    return null;
  }
}

/** Whose the resource is, as it is recorded in the database: two stacks may share one. */
function ownerOf(resource: string): Owner {
  const within = organization();
  const stack = pulumi.getStack();
  return {
    project: pulumi.getProject(),
    stack: within === null ? stack : `${within}/${stack}`,
    resource,
  };
}

export interface ServerArgs {
  /** An administrator's, to the database `postgres`: it is looked into until the server answers with the parameters. */
  readonly connection: pulumi.Input<ConnectionArgs>;
  /** Identifier of the RDS instance. One of `instance` and `cluster`. */
  readonly instance?: pulumi.Input<string>;
  /** Identifier of the Aurora cluster. */
  readonly cluster?: pulumi.Input<string>;
  readonly region: pulumi.Input<string>;
  /** What the server must run with, as `pg_settings.setting` shows it: a change of the parameter group is not in force by itself. */
  readonly parameters: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** true: a pending reboot is carried out. Default false: it is told, and `up` goes on if the rollups can work without. */
  readonly allowReboot?: pulumi.Input<boolean>;
}

export interface LoginArgs {
  /** An administrator's, with a password: the login made here needs none. */
  readonly connection: pulumi.Input<ConnectionArgs>;
  /** Name of the login. */
  readonly login: pulumi.Input<string>;
  /** Roles it is granted, such as rds_superuser and rds_iam. */
  readonly memberOf: pulumi.Input<readonly pulumi.Input<string>[]>;
}

/** That a server runs with its parameter group: waits for it, and reboots where that is allowed. */
export class Server extends pulumi.CustomResource {
  /** Parameters that wait for a reboot; empty when all are in force. */
  declare readonly pending: pulumi.Output<readonly string[]>;

  constructor(name: string, args: ServerArgs, options?: pulumi.CustomResourceOptions) {
    super(type('Server'), name, props('server', args, ['pending']), options);
    this.pending.apply((names) => {
      if (names === undefined || names.length === 0) return;
      const text = `${names.join(', ')} ${names.length === 1 ? 'waits' : 'wait'} for a reboot of the server. Allow the reboot with allowReboot: true, or reboot the server yourself at a quiet time. Until then, previews show the difference.`;
      void pulumi.log.warn(text, this);
    });
  }
}

/** A login that needs no password, since it proves itself by IAM; made by an administrator who has one. */
export class Login extends pulumi.CustomResource {
  declare readonly login: pulumi.Output<string>;

  constructor(name: string, args: LoginArgs, options?: pulumi.CustomResourceOptions) {
    super(type('Login'), name, props('login', args, []), options);
  }
}

/** The engine in one database: schema `rollup` with its tables and functions, and the jobs that serve all rollups. */
export class Engine extends pulumi.CustomResource {
  /** Version of the engine's tables. */
  declare readonly version: pulumi.Output<number>;

  constructor(name: string, args: EngineArgs, options?: pulumi.CustomResourceOptions) {
    super(type('Engine'), name, props('engine', { ...args, owner: ownerOf(name) }, ['version']), options);
  }
}

/** One rollup: its tables, views, triggers, partitions, refresh job and configuration. Needs the engine. */
export class Rollup extends pulumi.CustomResource {
  /** The views to query, finest tier first, such as `gold.flight_delays_1h`. */
  declare readonly views: pulumi.Output<readonly string[]>;

  constructor(name: string, args: RollupArgs, options?: pulumi.CustomResourceOptions) {
    super(type('Rollup'), name, props('rollup', { ...args, owner: ownerOf(name) }, ['views']), options);
  }
}
