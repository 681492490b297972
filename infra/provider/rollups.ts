import { relative, resolve } from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { projectRoot } from '../connection/location';
import { type LocatedError, show } from '../definition/errors';
import { loadDefinitions } from '../definition/load';
import type { RollupDefinition } from '../model/definition';
import { Engine, type EngineArgs, Rollup } from './resources';
import { stop } from './stop';

export interface RollupsArgs extends EngineArgs {
  /** The folder with the definitions, relative to the folder of Pulumi.yaml. */
  readonly directory: string;
  /** Put before the names of all resources: for a second database in the same stack. */
  readonly prefix?: string;
}

function count(items: readonly unknown[], noun: string): string {
  return `${items.length} ${noun}${items.length === 1 ? '' : 's'}`;
}

function report(errors: readonly LocatedError[], root: string): string {
  const lines = errors.map((e) => `${relative(root, e.file) || e.file}:${e.line}:${e.column}: ${e.message}`);
  return [`The definitions have ${count(errors, 'error')}, so nothing is planned:`, ...lines].join('\n  ');
}

/** All definitions of a folder, or one error that lists every mistake of every file. */
function load(name: string, directory: unknown): readonly RollupDefinition[] {
  // Programs in JavaScript, and those that are not checked, can leave it out.
  if (typeof directory !== 'string' || directory === '')
    throw stop(
      `Rollups "${name}": directory is ${show(directory)}; it must be the folder with the definitions, such as "rollups"`,
    );
  const root = projectRoot();
  const { definitions, errors } = loadDefinitions(resolve(root, directory));
  if (errors.length > 0) throw stop(report(errors, root));
  return definitions.map(({ definition }) => definition);
}

/**
 * The rollups of a folder of YAML files, and the engine they need, in one database.
 *
 * ```ts
 * import { Rollups } from 'tidemark';
 *
 * const rollups = new Rollups('rollups', {
 *   directory: 'rollups',
 *   connection: { host: database.address, database: 'app', user: 'tidemark', passwordEnv: 'TIDEMARK_PASSWORD' },
 * }, { deletedWith: database });
 * export const views = rollups.views;
 * ```
 *
 * The connection names where the password is found, so that no state, log or preview holds it.
 */
export class Rollups extends pulumi.ComponentResource {
  readonly engine: Engine;
  /** By the name of the rollup. */
  readonly rollups: Readonly<Record<string, Rollup>>;
  /** The views to query, by the name of the rollup. */
  readonly views: pulumi.Output<Record<string, readonly string[]>>;

  constructor(name: string, args: RollupsArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { directory, prefix = '', serverVersion, ...shared } = args;
    const definitions = load(name, directory);
    super('tidemark:index:Rollups', name, {}, options);
    const { deletedWith } = options;
    const inherited = { parent: this, ...(deletedWith === undefined ? {} : { deletedWith }) };
    const engine = { ...shared, ...(serverVersion === undefined ? {} : { serverVersion }) };
    this.engine = new Engine(`${prefix}engine`, engine, inherited);
    const rollups = definitions.map((definition): [string, Rollup] => {
      const own = { ...inherited, dependsOn: [this.engine] };
      return [definition.name, new Rollup(`${prefix}${definition.name}`, { ...shared, definition }, own)];
    });
    this.rollups = Object.fromEntries(rollups);
    this.views = pulumi.output(Object.fromEntries(rollups.map(([key, rollup]) => [key, rollup.views])));
    this.registerOutputs({ views: this.views });
  }
}
