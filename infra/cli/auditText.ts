import type { AuditDifference, TierAudit } from '../db/audit/types';
import { type Colors, counted, formatTable, formatTime, humanDuration, printable, shorten } from './output';

const WIDEST_VALUE = 24;
const WIDEST_KEY = 36;

/** A tier's result for people: one line, then what was exempt and which keys differ. */
export function tierLines(tier: TierAudit, colors: Colors): readonly string[] {
  const equal = tier.differences === 0;
  const mark = equal ? colors.green('equal') : colors.red('DIFFERS');
  const rows =
    tier.goldRows === tier.sourceRows
      ? counted(tier.goldRows, 'row')
      : `${counted(tier.goldRows, 'row')} in gold, ${counted(tier.sourceRows, 'row')} in the source`;
  const found = equal
    ? ''
    : `, ${counted(tier.differences, 'key')} ${tier.differences === 1 ? 'differs' : 'differ'}`;
  const lines = [`  ${mark}  ${tier.view}  ${rows}${found}  ${colors.dim(humanDuration(tier.seconds))}`];
  for (const exempt of tier.exempt) lines.push(colors.dim(`         not compared: ${formatTime(exempt)}`));
  if (tier.shown.length > 0) {
    lines.push(differences(tier.shown, colors));
    if (tier.differences > tier.shown.length) {
      lines.push(
        colors.dim(`         and ${counted(tier.differences - tier.shown.length, 'key')} more (--limit)`),
      );
    }
  }
  return lines;
}

const WHOLE_ROW: Readonly<Record<Exclude<AuditDifference['kind'], 'different'>, readonly [string, string]>> =
  {
    missing: ['no such row', 'a row'],
    extra: ['a row', 'no such row'],
    duplicate: ['more than one row', 'one row'],
  };

function differences(shown: readonly AuditDifference[], colors: Colors): string {
  const value = (text: string | null) => (text === null ? 'NULL' : shorten(printable(text), WIDEST_VALUE));
  const rows = shown.flatMap((difference) => {
    const { bucket, ...dimensions } = difference.key;
    const key = Object.values(dimensions).map((text) => (text === null ? 'NULL' : printable(text)));
    const start = [formatTime(bucket ?? ''), shorten(key.join(', '), WIDEST_KEY)];
    if (difference.kind !== 'different') {
      const [gold, source] = WHOLE_ROW[difference.kind];
      return [[...start, '', colors.red(gold), source]];
    }
    return difference.columns.map((column, index) => [
      ...(index === 0 ? start : ['', '']),
      shorten(printable(column.name), WIDEST_VALUE),
      colors.red(value(column.gold)),
      value(column.source),
    ]);
  });
  const names = Object.keys(shown[0]?.key ?? {}).slice(1);
  return formatTable({
    head: ['bucket', names.join(', '), 'column', 'gold', 'source'],
    rows,
    colors,
    indent: 9,
    right: [3, 4],
  });
}
