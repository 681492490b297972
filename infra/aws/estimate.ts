/** What a month's bill is made of: amounts, no prices, which differ by region and contract. Pure. */
import Table from 'cli-table3';
import { ENDPOINT_SERVICES } from './bastion';
import { includedSpeed } from './checksStorage';
import type { Design } from './resolve';
import { processorsOf } from './versions';

/** As AWS counts a month: 365 days in twelve. */
const HOURS = 730;

export type EstimateRow = readonly [item: string, amount: string, unit: string];

function compute(design: Design): EstimateRow[] {
  const { engine, instanceClass, multiAz, readers, minCapacity, maxCapacity } = design;
  if (engine === 'rds') {
    const what = multiAz ? `${instanceClass} with a standby in another zone` : instanceClass;
    return [[what, String(HOURS), multiAz ? 'hours (Multi-AZ price)' : 'hours']];
  }
  const count = 1 + readers;
  if (engine === 'aurora') return [[`${count} × ${instanceClass}`, String(count * HOURS), 'hours']];
  return [
    [`${count} × db.serverless, at least`, String(count * minCapacity * HOURS), 'ACU hours'],
    [`${count} × db.serverless, at most`, String(count * maxCapacity * HOURS), 'ACU hours'],
  ];
}

function storage({ engine, storage: asked, multiAz }: Design): EstimateRow[] {
  if (engine !== 'rds') {
    return [
      ['Aurora storage', 'what is used', 'GB'],
      ['Aurora requests to storage', 'what is used', 'IO (none with I/O-Optimized)'],
    ];
  }
  const unit = multiAz ? 'GB (Multi-AZ price)' : 'GB';
  const { sizeGb, maxSizeGb, iops, throughput } = asked;
  const included = includedSpeed(sizeGb);
  return [
    ['gp3 storage at first', String(sizeGb), unit],
    ['gp3 storage at most', String(maxSizeGb), unit],
    ['gp3 IOPS above those of the size', String(Math.max(0, (iops ?? 0) - included.iops)), 'IOPS'],
    [
      'gp3 throughput above that of the size',
      String(Math.max(0, (throughput ?? 0) - included.throughput)),
      'MiB/s',
    ],
  ];
}

function backups({ backupRetentionDays, storage: asked, engine, vault }: Design): EstimateRow[] {
  const free =
    engine === 'rds' ? `beyond ${asked.sizeGb} GB, which are free` : 'beyond the size, which is free';
  const rows: EstimateRow[] = [
    [`Automated backups of ${backupRetentionDays} days`, 'changed data', `GB ${free}`],
  ];
  if (vault !== undefined) {
    rows.push([`AWS Backup, ${vault.retentionDays} daily points`, 'changed data', 'GB']);
    if (vault.copyTo !== undefined) {
      rows.push([
        `Copies in ${vault.copyTo.region}, ${vault.copyTo.retentionDays} days`,
        'changed data',
        'GB',
      ]);
      rows.push([`Transfer to ${vault.copyTo.region}`, 'changed data', 'GB']);
    }
  }
  return rows;
}

function extras(design: Design): EstimateRow[] {
  const { instanceClass, maxCapacity, readers, multiAz, engine } = design;
  const rows: EstimateRow[] = [];
  if (design.insights === 'advanced') {
    const count = engine === 'rds' ? (multiAz ? 2 : 1) : 1 + readers;
    const processors = count * processorsOf(instanceClass, maxCapacity);
    rows.push(['Database Insights, advanced', String(processors * HOURS), 'vCPU hours']);
  }
  if (design.bastion) {
    rows.push(['t4g.nano bastion', String(HOURS), 'hours'], ['gp3 volume of the bastion', '8', 'GB']);
    if (design.network.given === undefined) {
      const hours = ENDPOINT_SERVICES.length * HOURS;
      rows.push([`${ENDPOINT_SERVICES.length} interface endpoints in one zone`, String(hours), 'hours']);
    }
  }
  const keys = (design.kmsKeyArn === undefined ? 1 : 0) + (design.vault?.copyTo === undefined ? 0 : 1);
  if (keys > 0) rows.push(['KMS keys', String(keys), 'keys']);
  rows.push(['Master secret', '1', 'secrets']);
  rows.push([`Logs, kept ${design.logRetentionDays} days`, 'what is written', 'GB in, GB kept']);
  return rows;
}

export function estimateRows(design: Design): readonly EstimateRow[] {
  return [...compute(design), ...storage(design), ...backups(design), ...extras(design)];
}

/** The amounts as a table, for the terminal. */
export function estimateTable(what: string, rows: readonly EstimateRow[]): string {
  const table = new Table({ head: ['A month of', 'amount', 'unit'], style: { head: [], border: [] } });
  for (const row of rows) table.push([...row]);
  return `What ${what} is billed by (prices: calculator.aws):\n${table.toString()}`;
}
