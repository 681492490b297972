import { cpus, totalmem } from 'node:os';
import type { Client } from 'pg';

/** What a ratio may depend on; nothing that names a machine. */
export interface Machine {
  readonly cores: number;
  readonly memoryGb: number;
  readonly postgres: string;
  readonly node: string;
  readonly settings: Readonly<Record<string, string>>;
}

const SHOWN = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'work_mem',
  'max_wal_size',
  'checkpoint_timeout',
  'max_parallel_workers_per_gather',
  'jit',
  'autovacuum',
] as const;

export async function describeMachine(client: Client): Promise<Machine> {
  const settings: Record<string, string> = {};
  for (const name of SHOWN) {
    const shown = await client.query<{ value: string }>('select current_setting($1) as value', [name]);
    settings[name] = shown.rows[0]?.value ?? '';
  }
  const version = await client.query<{ version: string }>(
    `select current_setting('server_version') as version`,
  );
  return {
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    postgres: version.rows[0]?.version.split(' ')[0] ?? '',
    node: process.versions.node,
    settings,
  };
}
