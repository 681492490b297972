import { expect, test } from 'vitest';
import { compileContext } from '../../../infra/compile/context';
import { directSelect } from '../../../infra/compile/direct';
import { comparison } from '../../../infra/db/audit/sql';
import { wide, wideShape } from './definitions';

const context = compileContext(wide, wideShape);

test.each(context.levels.map((level) => [level.tier.suffix, level] as const))(
  'the audit of tier %s judges by the one direct select, which reads the source and nothing else',
  (_, level) => {
    const extra = context.gold.flatMap(({ rounding }, index) =>
      rounding === null ? [] : [{ name: `__scale_${index}`, sql: rounding.scale }],
    );
    const indented = directSelect(context, level, { extra }).replace(/^/gm, '  ');
    expect(comparison(context, level, () => [])).toContain(indented);
    for (const own of ['silver.', 'gold.', 'rollup."', 'timeseries_']) expect(indented).not.toContain(own);
  },
);
