// What failed, in vitest's JSON reports: for the end of `npm test`, since a CI log is read from its end.
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const LINES = 15;

/** The first lines of a failure's message, without colours. */
const firstLines = (text) =>
  stripVTControlCharacters(text)
    .trim()
    .split('\n')
    .slice(0, LINES)
    .map((line) => `    ${line}`)
    .join('\n');

/**
 * Each failed test of a report (as `vitest run --reporter=json` writes it), or each file that did not load, as text:
 * a line with the step, the file and the test's name, then the first lines of its message.
 */
export function failuresOf(step, report, root) {
  return report.testResults.flatMap((file) => {
    const where = `${step}: ${relative(root, file.name)}`;
    const failed = file.assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0)
      return file.status === 'failed' && file.message ? [`${where}\n${firstLines(file.message)}`] : [];
    return failed.map(
      (test) => `${where} > ${test.fullName}\n${firstLines((test.failureMessages ?? []).join('\n'))}`,
    );
  });
}
