import { rowCount } from '../model/aggregates/count';
import type { AggregateSql } from '../model/aggregates/family';
import { aggregateSql, aggregatesOf, goldColumn } from '../model/aggregates/registry';
import type { StateColumn } from '../model/aggregates/state';
import { typeClass } from '../model/columnType';
import type { MeasureDefinition } from '../model/definition';
import { TidemarkError } from '../model/error';
import { quoteIdent } from '../model/names';

/** One finished column of a gold view. */
export interface GoldColumn extends Pick<AggregateSql, 'finish' | 'direct' | 'rounding'> {
  /** Quoted name. */
  readonly name: string;
  /** Name as written, for comparison and display. */
  readonly plainName: string;
}

export interface MeasureSql {
  readonly states: readonly StateColumn[];
  readonly gold: readonly GoldColumn[];
}

/** State and gold columns of one measure over a source column of this type; refuses what the type cannot answer. */
export function measureSql(
  { column, aggregates }: MeasureDefinition,
  type: string,
  collation: string | null,
  { name: rollup, time }: { readonly name: string; readonly time: string },
): MeasureSql {
  // By name: aggregates share state.
  const states = new Map<string, StateColumn>();
  const is = typeClass(type);
  const allowed = aggregatesOf(is);
  const value = `s.${quoteIdent(column)}`;
  const measured = { column, value, time: `s.${quoteIdent(time)}`, type, is, collation };
  const gold = aggregates.map((aggregate): GoldColumn => {
    if (!allowed.includes(aggregate)) {
      throw new TidemarkError(
        `Rollup "${rollup}": measure "${column}" is of type ${type}, which has no ${aggregate}; allowed: ${allowed.join(', ')}.`,
      );
    }
    const sql = column === '*' ? rowCount() : aggregateSql(aggregate, measured);
    for (const state of sql.states) states.set(state.name, state);
    const plainName = goldColumn(column, aggregate);
    return { ...sql, name: quoteIdent(plainName), plainName };
  });
  return { states: [...states.values()], gold };
}
