import { describe, expect, it, vi } from 'vitest';
import { attempt, run } from '../../../infra/process/command';
import { processTable } from '../../../infra/process/processTable';
import { NO_PROGRESS, NOT_STARTED, runProcess, saidLast } from '../../../infra/process/run';

const shell = (script: string, options: Parameters<typeof runProcess>[2] = {}) =>
  runProcess('sh', ['-c', script], options);

describe('runProcess', () => {
  it('keeps both outputs, apart and together, and hands on whole lines', async () => {
    const lines: string[] = [];
    const script =
      'printf "one\\ntw"; sleep 0.2; echo o; sleep 0.2; echo three >&2; sleep 0.2; printf four; exit 3';
    const result = await shell(script, { onLine: (line) => lines.push(line) });
    expect(result).toEqual({
      code: 3,
      stdout: 'one\ntwo\nfour',
      stderr: 'three\n',
      output: 'one\ntwo\nthree\nfour',
    });
    expect(lines).toEqual(['one', 'two', 'three', 'four']);
    expect(saidLast(result)).toBe('three');
  });

  it('keeps the end of a long output', async () => {
    const { stdout, output } = await shell('yes 12345678 | head -20000; echo last');
    expect(stdout.length).toBe(20_000 * 9 + 5);
    expect(output.length).toBe(64_000);
    expect(output.endsWith('12345678\nlast\n')).toBe(true);
  });

  it('answers for a program that is missing', async () => {
    const result = await runProcess('/nowhere/program', []);
    expect(result).toMatchObject({ code: NOT_STARTED, stdout: '' });
    expect(result.output).toContain('ENOENT');
  });

  it('ends a program that falls silent, with what it has started', async () => {
    const result = await shell('echo $$; sleep 600 & echo $!; wait', { silenceLimitMs: 3_000 });
    expect(result.code).toBe(NO_PROGRESS);
    const started = result.stdout.trim().split('\n').map(Number);
    expect(started).toHaveLength(2);
    await vi.waitFor(async () => {
      const running = new Set((await processTable()).map(({ pid }) => pid));
      expect(started.filter((pid) => running.has(pid))).toEqual([]);
    }, 120_000);
  });

  it('ends a program when this process ends, if it is told to', async () => {
    const before = process.listeners('exit');
    const ended = shell('exec sleep 600', { endsWithUs: true });
    const [listener] = process.listeners('exit').filter((one) => !before.includes(one));
    listener?.call(process, 0);
    expect((await ended).code).not.toBe(0);
    expect(process.listeners('exit')).toEqual(before);
  });
});

describe('a command of the system', () => {
  it('runs in the root folder, with nothing of the environment', async () => {
    const result = await attempt({ file: 'sh', args: ['-c', 'pwd; env | cut -d= -f1 | sort'] });
    const [folder, ...names] = result.stdout.trim().split('\n');
    expect(folder).toBe('/');
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))).toEqual([
      'LANG',
      'LC_ALL',
      'PATH',
      'TZ',
    ]);
  });

  it('says in one sentence that it failed, and with what words', async () => {
    const failing = run('Looking', { file: 'sh', args: ['-c', 'echo out; echo err >&2; exit 4'] });
    await expect(failing).rejects.toMatchObject({
      message: 'Looking failed (sh ended with code 4).',
      hint: expect.stringContaining('err'),
    });
  });
});
