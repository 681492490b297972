import { describe, expect, test } from 'vitest';
import { compile } from '../../../infra/compile';
import type { CompiledRollup } from '../../../infra/model/compiled';
import { narrow, narrowShape, wide, wideShape } from './definitions';

const render = (compiled: CompiledRollup): string =>
  [
    ...compiled.createLogs,
    compiled.captureFunction,
    ...Object.entries(compiled.statements).map(([key, sql]) => `-- statement ${key}\n${sql};`),
    ...compiled.tiers.flatMap((tier) => [
      `-- tier ${tier.suffix}, partitions every ${tier.partitionEvery ?? '(none)'}`,
      tier.createTable,
      tier.createView,
      ...Object.entries(tier.statements).map(([key, sql]) => `-- ${tier.suffix} statement ${key}\n${sql};`),
      `-- ${tier.suffix} as a plain GROUP BY\n${tier.direct};`,
    ]),
  ].join('\n\n');

describe('compiled SQL', () => {
  test('of a wide definition is what was reviewed', async () => {
    await expect(render(compile(wide, wideShape))).toMatchFileSnapshot('golden/wide.sql');
  });

  test('of a narrow definition is what was reviewed', async () => {
    await expect(render(compile(narrow, narrowShape))).toMatchFileSnapshot('golden/narrow.sql');
  });

  test('is the same text each time, with the same checksum', () => {
    expect(compile(wide, wideShape)).toEqual(compile(structuredClone(wide), structuredClone(wideShape)));
  });

  test('quotes every identifier that a user chose', () => {
    const sql = render(compile(wide, wideShape));
    expect(sql.match(/[^"]Phase "n"/g)).toBeNull();
    expect(sql).toContain('"Phase ""n"""');
    expect(sql).toContain('"raw"."Meter ""x"" Readings"');
  });
});
