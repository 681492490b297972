import { join } from 'node:path';
import { expect, it } from 'vitest';

interface File {
  readonly name: string;
  readonly status: 'passed' | 'failed';
  readonly message: string;
  readonly assertionResults: readonly object[];
}

async function failures(...testResults: readonly File[]): Promise<string[]> {
  const module: unknown = await import(join(__dirname, '../../../tools/failures.mjs'));
  return (module as { failuresOf(step: string, report: object, root: string): string[] }).failuresOf(
    'e2e-15',
    { testResults },
    '/project',
  );
}

it('names the step, the file and the test that failed, with the first lines of why', async () => {
  const why = `\u001b[31mAssertionError: expected 1 to be 2\u001b[39m\n${'    at somewhere\n'.repeat(40)}`;
  const [only, ...rest] = await failures({
    name: '/project/test/a.test.ts',
    status: 'failed',
    message: '',
    assertionResults: [
      { status: 'passed', fullName: 'a passes', failureMessages: [] },
      { status: 'failed', fullName: 'a fails', failureMessages: [why] },
    ],
  });
  expect(rest).toEqual([]);
  const lines = only?.split('\n') ?? [];
  expect(lines.slice(0, 2)).toEqual([
    'e2e-15: test/a.test.ts > a fails',
    '    AssertionError: expected 1 to be 2',
  ]);
  expect(lines).toHaveLength(16);
});

it('names a file that did not load, and nothing that passed', async () => {
  const passed: File = { name: '/project/b.test.ts', status: 'passed', message: '', assertionResults: [] };
  const broken: File = { ...passed, name: '/project/c.test.ts', status: 'failed', message: 'no such module' };
  expect(await failures(passed, broken)).toEqual(['e2e-15: c.test.ts\n    no such module']);
});
