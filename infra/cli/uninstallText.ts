import type { Inventory, RollupInventory } from '../db/uninstall/inventory';
import { ownerText } from '../model/owner';
import { type Colors, counted, printable, printableName } from './output';

const list = (names: readonly string[]): string => names.map(printableName).join(', ');

function size(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes / 1024, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} ${units[unit]}`;
}

function rollupText({ name, owner, enabled, source, managed, job, gold }: RollupInventory): string {
  const whose =
    owner === null ? (enabled ? '' : ' (retired)') : ` (deployed by ${printable(ownerText(owner))})`;
  const partitions = managed ? `, the partition management of ${printableName(source)}` : '';
  return `rollup ${printableName(name)}${whose}: ${list(gold)}, the capture triggers on ${printableName(source)}, the job ${printableName(job)}${partitions}`;
}

/** What goes and what stays, a line each, and what is in the way. */
export function inventoryText(inventory: Inventory, dropSilver: boolean, colors: Colors): string {
  const { database, user, rollups, users, orphans, tables, views, routines, jobs, foreign, bytes } =
    inventory;
  const left = orphans.filter(({ kind }) => kind === 'state').map(({ name }) => name);
  const silver = [...rollups.flatMap((rollup) => rollup.silver), ...left];
  const aggregates = silver.length === 0 ? [] : [`${list(silver)} (${size(bytes)})`];
  const sources = [...new Set(rollups.map(({ source }) => source))];
  const others = orphans.filter(({ kind }) => kind !== 'state' && kind !== 'job' && kind !== 'trigger');
  const goes = [
    ...rollups.map(rollupText),
    ...(others.length === 0
      ? []
      : [`left from rollups without a configuration: ${list(others.map(({ name }) => name))}`]),
    `the engine: the schema rollup with ${counted(tables.length, 'table')}, ${counted(views.length, 'view')} and ${counted(routines.length, 'function')}${jobs.length === 0 ? '' : `, the jobs ${list(jobs)}`}`,
    ...(dropSilver ? aggregates : []),
    'the schemas gold and silver, if nothing is left in them',
  ];
  const stays = [
    ...sources.map((source) => `${printableName(source)}, with its rows and partitions`),
    ...(dropSilver ? [] : aggregates),
    'extensions, roles, and the schema raw',
  ];
  const section = (head: string, items: readonly string[]) => [
    colors.bold(head),
    ...items.map((item) => `  ${item}`),
  ];
  return [
    `Database ${printable(database)}, as ${printable(user)}`,
    ...section('goes', goes),
    ...section('stays', stays),
    ...(users.length === 0
      ? []
      : section(
          'is used by',
          users.map(
            (one) =>
              `${printable(ownerText(one))}: destroy that stack first, or its next up installs everything again`,
          ),
        )),
    ...(foreign.length === 0 ? [] : section('is in the way', foreign.map(printableName))),
  ].join('\n');
}
