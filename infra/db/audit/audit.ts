import type { Client } from 'pg';
import { type Context, compileContext, type Level } from '../../compile/context';
import type { SourceShape } from '../../model/compiled';
import { TidemarkError } from '../../model/error';
import { plainName } from '../../model/names';
import { hasRelation } from '../relation';
import { readStored, type StoredRollup } from '../rollup/catalogue';
import { observeSource } from '../rollup/source';
import { comparison } from './sql';
import type { AuditDifference, AuditOptions, RollupAudit, TierAudit } from './types';
import { comparedWindow } from './window';

export type { AuditDifference, AuditOptions, RollupAudit, TierAudit } from './types';

interface ComparisonRow {
  readonly goldRows: number;
  readonly sourceRows: number;
  readonly differences: number;
  readonly shown: readonly {
    kind: AuditDifference['kind'];
    key: (string | null)[];
    gold: (string | null)[];
    source: (string | null)[];
    columns: string[];
  }[];
}

/** Names of the rollups in this database, retired ones included. */
export async function rollupNames(client: Client): Promise<string[]> {
  if (!(await hasRelation(client, 'rollup.timeseries_rollup_config'))) {
    throw new TidemarkError('This database does not contain the Tidemark engine.', {
      hint: 'Deploy it with: pulumi up',
    });
  }
  const rows = await client.query<{ name: string }>(
    'select name from rollup.timeseries_rollup_config order by name collate "C"',
  );
  return rows.rows.map((row) => row.name);
}

/**
 * Compares the gold views of a rollup with the plain GROUP BY over its source, all tiers in one snapshot. The work is done
 * in the database; only differing rows, and no more of them than the limit, come here. Needs no lock and changes nothing.
 */
export async function auditRollup(client: Client, name: string, options: AuditOptions): Promise<RollupAudit> {
  const names = await rollupNames(client);
  if (!names.includes(name)) {
    throw new TidemarkError(`There is no rollup "${name}" in this database.`, {
      hint:
        names.length === 0 ? 'None is deployed yet: run pulumi up.' : `The rollups are: ${names.join(', ')}.`,
    });
  }
  await client.query('begin isolation level repeatable read read only');
  try {
    // Two hash tables of a year's keys; the compiler of expressions takes longer than it saves.
    await client.query(`set local work_mem = '64MB'; set local jit = off`);
    return await audit(client, name, options);
  } finally {
    await client.query('rollback').catch(() => undefined);
  }
}

async function audit(client: Client, name: string, options: AuditOptions): Promise<RollupAudit> {
  const found = await client.query<{ sealed: string; at: string }>(
    `select sealed::text, date_trunc('second', now())::text as at from rollup.timeseries_rollup_config where name = $1`,
    [name],
  );
  const { sealed, at } = found.rows[0] as (typeof found.rows)[number];
  const stored = (await readStored(client, name)) as StoredRollup;
  const { definition, names } = stored;
  if (options.tier !== undefined && !definition.tiers.some(({ suffix }) => suffix === options.tier)) {
    throw new TidemarkError(`Rollup "${name}" has no tier "${options.tier}".`, {
      hint: `Its tiers are: ${definition.tiers.map((tier) => tier.suffix).join(', ')}.`,
    });
  }
  const context = compileContext(definition, await auditedShape(client, stored), names);
  const wanted = context.levels.filter(
    ({ tier }) => options.tier === undefined || tier.suffix === options.tier,
  );
  const pending = await client.query<{ count: number }>(
    `select count(*) from (select distinct * from ${names.dirty}) d`,
  );
  const { schema, table } = definition.source.table;
  const head = {
    rollup: name,
    source: `${schema}.${table}`,
    snapshotAt: at,
    pendingKeys: pending.rows[0]?.count ?? 0,
  };
  options.onStart?.(head);
  const tiers: TierAudit[] = [];
  for (const level of wanted) {
    const result = await auditTier(client, context, level, sealed, options);
    options.onTier?.(result);
    tiers.push(result);
  }
  return { ...head, tiers };
}

/** The source's columns as the statements were compiled for; refuses a source that is gone or lacks one of them now. */
async function auditedShape(
  client: Client,
  { definition, names, shape }: StoredRollup,
): Promise<SourceShape> {
  const { name } = definition;
  if (!(await hasRelation(client, names.source))) {
    const { schema, table } = definition.source.table;
    throw new TidemarkError(`Rollup "${name}": the source table ${schema}.${table} does not exist.`);
  }
  const lost = await client.query<{ problem: string }>(
    `select problem from rollup.column_problems($1) problem where problem like '%no longer has%'`,
    [name],
  );
  const [problem] = lost.rows;
  if (problem !== undefined) {
    throw new TidemarkError(`Rollup "${name}" cannot be compared with its source: ${problem.problem}.`, {
      hint: 'Name the column as it was, or deploy a definition that names the new one under a new name.',
    });
  }
  const observed = shape ?? (await observeSource(client, definition));
  if (observed === null) throw new Error(`the source of ${name} was dropped during the audit`);
  return observed;
}

async function auditTier(
  client: Client,
  context: Context,
  level: Level,
  sealed: string,
  options: AuditOptions,
): Promise<TierAudit> {
  const started = performance.now();
  const { window, exempt } = await comparedWindow(client, context, level, sealed, options);
  const result = await client.query<ComparisonRow>(comparison(context, level, window), [options.limit]);
  const row = result.rows[0] as ComparisonRow;
  return {
    tier: level.tier.suffix,
    view: plainName(level.view),
    goldRows: row.goldRows,
    sourceRows: row.sourceRows,
    differences: row.differences,
    shown: row.shown.map((shown) => describe(context, level, shown)),
    exempt,
    seconds: (performance.now() - started) / 1000,
  };
}

function describe(context: Context, level: Level, row: ComparisonRow['shown'][number]): AuditDifference {
  const keys = ['bucket', ...level.dimensions.map((d) => d.plainName)];
  const key = Object.fromEntries(keys.map((name, index) => [name, row.key[index] ?? null]));
  if (row.kind === 'duplicate')
    return { kind: row.kind, key, columns: [{ name: 'rows', gold: row.gold[0] ?? null, source: '1' }] };
  const columns = context.gold
    .map((column, index) => ({
      name: column.plainName,
      gold: row.gold[index] ?? null,
      source: row.source[index] ?? null,
    }))
    .filter((column) => row.kind !== 'different' || row.columns.includes(column.name));
  return { kind: row.kind, key, columns };
}
