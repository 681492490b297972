/** A plan as people read it before they let it be executed. */
import type { Hazard } from './diff';
import type { Estimate, Lock, Plan, Statement, Step } from './plan';

/** Who waits while a table is locked in a mode; readers and writers of a mode that is not here wait for nothing. */
const WAITING: Readonly<Record<string, string>> = {
  share: 'writers wait, readers do not',
  'share row exclusive': 'writers wait, readers do not',
  exclusive: 'writers wait, readers do not',
  'access exclusive': 'readers and writers wait',
};

const HAZARDS: Readonly<Record<Hazard, string>> = {
  'data-loss': 'loses what cannot come back',
  rebuild: 'fills tables again',
  'by-hand': 'needs a change of your own table first',
};

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const;

function sizeText(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), UNITS.length - 1);
  const size = bytes / 1024 ** step;
  return `${step === 0 ? Math.round(size) : Number(size.toPrecision(3))} ${UNITS[step]}`;
}

const lockText = ({ on, mode }: Lock) =>
  `locks: ${on}, ${mode}${WAITING[mode] === undefined ? '' : ` (${WAITING[mode]})`}`;

const estimateText = ({ rows, bytes }: Estimate) =>
  `reads: about ${Math.round(rows).toLocaleString('en-US')} rows, ${sizeText(bytes)}`;

/** The statement, and the values that are bound to it by their numbers. */
function statementText({ text, values }: Statement): readonly string[] {
  const bound = values.map((value, index) => `$${index + 1} = ${JSON.stringify(value) ?? 'null'}`);
  return [...`${text.trim().replace(/;$/, '')};`.split('\n'), ...bound.map((value) => `  -- ${value}`)];
}

export interface PlanTextOptions {
  /** With every statement and its values, and not only what they do. */
  readonly sql: boolean;
}

function stepText(step: Step, number: number, { sql }: PlanTextOptions): readonly string[] {
  const about = [
    ...(step.lock === null ? [] : [lockText(step.lock)]),
    ...(step.estimate === null ? [] : [estimateText(step.estimate)]),
    ...step.hazards.map((hazard) => `hazard: ${hazard}, ${HAZARDS[hazard]}`),
    ...(sql ? step.sql.flatMap(statementText) : []),
  ];
  const head = `${number}. `;
  return [`${head}${step.title}`, ...about.map((line) => `${' '.repeat(head.length)}${line}`.trimEnd())];
}

/** Steps by number, with what each locks, reads and puts at risk, and what the plan was made from. */
export function planText({ steps, basis }: Plan, options: PlanTextOptions = { sql: false }): string {
  if (steps.length === 0) return `Nothing to do. Made from ${basis}.`;
  const count = `${steps.length} step${steps.length === 1 ? '' : 's'}`;
  return [
    ...steps.flatMap((step, index) => stepText(step, index + 1, options)),
    `${count}, in one transaction. Made from ${basis}.`,
  ].join('\n');
}
