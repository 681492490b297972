import type { Aggregate, MeasureDefinition } from '../model/definition';
import { TidemarkError } from '../model/error';
import { quoteIdent } from '../model/names';
import { edgeState } from './edge';
import { addable, extreme, type StateColumn } from './state';
import { ALLOWED, type TypeClass, typeClass } from './types';

/** One finished column of a gold view. */
export interface GoldColumn {
  /** Quoted name. */
  readonly name: string;
  /** Name as written, for comparison and display. */
  readonly plainName: string;
  /** The value from the state columns of the row with this alias. */
  finish(alias: string): string;
  /** The same value by a plain GROUP BY over source rows, alias `s`: what the view must equal. */
  readonly direct: string;
  /** Floating point: equal within 1e-9 relative, since additions may come in any order. */
  readonly approximate: boolean;
}

export interface MeasureSql {
  readonly states: readonly StateColumn[];
  readonly gold: readonly GoldColumn[];
}

/** State and gold columns of one measure over a source column of this type; refuses what the type cannot answer. */
export function measureSql(
  measure: MeasureDefinition,
  type: string,
  collation: string | null,
  time: string,
): MeasureSql {
  if (measure.column === '*') return rowCount();
  const kind = typeClass(type);
  for (const aggregate of measure.aggregates) {
    if (!ALLOWED[kind].includes(aggregate)) {
      throw new TidemarkError(
        `Measure "${measure.column}" is of type ${type}, which has no ${aggregate}; allowed: ${ALLOWED[kind].join(', ')}.`,
      );
    }
  }
  return new MeasureCompiler(measure.column, type, kind, collation, time).compile(measure.aggregates);
}

function rowCount(): MeasureSql {
  const name = quoteIdent('row_count');
  const state = addable(quoteIdent('__rows'), 'bigint', 'count(*)');
  return {
    states: [state],
    gold: [
      {
        name,
        plainName: 'row_count',
        finish: (a) => `${a}.${state.name}`,
        direct: 'count(*)',
        approximate: false,
      },
    ],
  };
}

/** Collects the state columns that the wanted aggregates share, each once. */
class MeasureCompiler {
  private readonly states = new Map<string, StateColumn>();
  private readonly source: string;

  constructor(
    private readonly column: string,
    private readonly type: string,
    private readonly kind: TypeClass,
    private readonly collation: string | null,
    private readonly time: string,
  ) {
    this.source = `s.${quoteIdent(column)}`;
  }

  compile(aggregates: readonly Aggregate[]): MeasureSql {
    const gold = aggregates.map((aggregate): GoldColumn => {
      const plainName = `${this.column}_${aggregate}`;
      const { finish, direct } = this.gold(aggregate);
      const approximate = this.kind === 'float' && ['sum', 'avg', 'stddev', 'variance'].includes(aggregate);
      return { name: quoteIdent(plainName), plainName, finish, direct, approximate };
    });
    return { states: [...this.states.values()], gold };
  }

  private state(suffix: string, make: (name: string) => StateColumn): string {
    const name = quoteIdent(`${this.column}__${suffix}`);
    if (!this.states.has(name)) this.states.set(name, make(name));
    return name;
  }

  private count = () => this.state('n', (name) => addable(name, 'bigint', `count(${this.source})`));

  private sum(): string {
    // As PostgreSQL: sum of smallint and integer is bigint, of bigint numeric. A real is widened: adding reals loses digits.
    const type =
      this.kind === 'float'
        ? 'double precision'
        : this.kind === 'integer' && this.type !== 'bigint'
          ? 'bigint'
          : 'numeric';
    return this.state('sum', (name) => addable(name, type, this.directSum()));
  }

  private directSum = () => `sum(${this.source}${this.type === 'real' ? '::double precision' : ''})`;

  /** Exact for integers and numeric: numeric sums have no cancellation, and the result equals PostgreSQL's to the last digit. */
  private squares = () =>
    this.state('squares', (name) =>
      addable(name, 'numeric', `sum(${this.source}::numeric * ${this.source})`),
    );

  private moments = () =>
    this.state('moments', (name) => ({
      name,
      type: 'double precision[]',
      fromSource: `rollup.moments(${this.source})`,
      merge: (a) => `rollup.merge_moments(${a}.${name})`,
      combine: (l, r) => `coalesce(float8_combine(${l}, ${r}), ${l}, ${r})`,
    }));

  private gold(aggregate: Aggregate): { finish: (a: string) => string; direct: string } {
    const s = this.source;
    switch (aggregate) {
      case 'count': {
        const n = this.count();
        return { finish: (a) => `${a}.${n}`, direct: `count(${s})` };
      }
      case 'sum': {
        const sum = this.sum();
        return { finish: (a) => `${a}.${sum}`, direct: this.directSum() };
      }
      case 'avg': {
        const [n, sum] = [this.count(), this.sum()];
        const cast = this.kind === 'float' ? '' : '::numeric';
        return { finish: (a) => `${a}.${sum}${cast} / nullif(${a}.${n}, 0)`, direct: `avg(${s})` };
      }
      case 'stddev':
      case 'variance':
        return this.kind === 'float' ? this.floatDeviation(aggregate) : this.exactDeviation(aggregate);
      case 'min':
      case 'max': {
        const collate = this.collation === null ? '' : ` collate ${this.collation}`;
        const name = this.state(aggregate, (n) => extreme(n, this.type, collate, aggregate, s));
        return { finish: (a) => `${a}.${name}`, direct: `${aggregate}(${s})` };
      }
      case 'bool_and':
      case 'bool_or': {
        const op = aggregate === 'bool_and' ? 'and' : 'or';
        const name = this.state(aggregate, (n) => ({
          name: n,
          type: 'boolean',
          fromSource: `${aggregate}(${s})`,
          merge: (a) => `${aggregate}(${a}.${n})`,
          combine: (l, r) => `coalesce(${l} ${op} ${r}, ${l}, ${r})`,
        }));
        return { finish: (a) => `${a}.${name}`, direct: `${aggregate}(${s})` };
      }
      case 'first':
      case 'last':
        return this.edge(aggregate);
    }
  }

  private floatDeviation(aggregate: 'stddev' | 'variance') {
    const moments = this.moments();
    const fn = aggregate === 'stddev' ? 'float8_stddev_samp' : 'float8_var_samp';
    return {
      finish: (a: string) => `${fn}(${a}.${moments})`,
      direct: `${aggregate}(${this.source}::double precision)`,
    };
  }

  /** PostgreSQL's own formula for numeric (numeric.c, numeric_stddev_internal), so that all digits agree. */
  private exactDeviation(aggregate: 'stddev' | 'variance') {
    const [n, sum, squares] = [this.count(), this.sum(), this.squares()];
    const variance = (a: string) => {
      const spread = `${a}.${n} * ${a}.${squares} - ${a}.${sum}::numeric * ${a}.${sum}`;
      return `case when ${a}.${n} > 1 then case when ${spread} <= 0 then 0 else (${spread}) / (${a}.${n}::numeric * (${a}.${n} - 1)) end end`;
    };
    const finish =
      aggregate === 'variance'
        ? variance
        : // 20 digits more before rounding: rounding twice near each other would differ from PostgreSQL in the last digit.
          (a: string) =>
            `(select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select ${variance(a)}) as d(v))`;
    return { finish, direct: `${aggregate}(${this.source})` };
  }

  /** State {time, value} in one array that C code compares; ties in time go to the smallest (first) or greatest (last) value. */
  private edge(aggregate: 'first' | 'last') {
    const fn = aggregate === 'first' ? 'min' : 'max';
    const { element, pack, unpack } = edgeState(
      this.source,
      `s.${quoteIdent(this.time)}`,
      this.type,
      this.kind,
    );
    const collate = element === 'text' ? ' collate "C"' : '';
    const value = `${fn}(array[${pack}]${collate}) filter (where ${this.source} is not null)`;
    const name = this.state(aggregate, (n) => ({
      ...extreme(n, `${element}[]`, collate, fn, ''),
      fromSource: value,
    }));
    return { finish: (a: string) => unpack(`(${a}.${name})[2]`), direct: unpack(`(${value})[2]`) };
  }
}
