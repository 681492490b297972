import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { providerText } from '../../../infra/provider/stub';

describe.each(['engine', 'rollup'] as const)('the text of the provider %s', (name) => {
  it('is what states hold already, and must stay so', () => {
    expect(providerText(name)).toBe(readFileSync(join(__dirname, 'golden', `${name}.js.txt`), 'utf8'));
  });

  it('is far below 4 KB and holds no path', () => {
    expect(Buffer.byteLength(providerText(name))).toBeLessThan(1_024);
    expect(providerText(name)).not.toContain(process.cwd());
  });

  it('says what to do where the package is not there, without a stack', () => {
    const program = `const m = { exports: {} }; new Function('exports', 'require', process.argv[1])(m.exports, require);
      try { m.exports.handler(); } catch (e) { console.log(JSON.stringify([e.message, e.stack])); }`;
    const output = execFileSync(process.execPath, ['-e', program, providerText(name)], {
      cwd: tmpdir(),
      encoding: 'utf8',
    });
    expect(JSON.parse(output)).toEqual([
      expect.stringMatching(/^The package tidemark is not installed.*npm install/),
      '',
    ]);
  });
});
