import { expect, it } from 'vitest';
import { lastLines } from '../../../infra/process/lastLines';

it('gives the last lines that say something', () => {
  expect(lastLines('one\ntwo\n\nthree  \r\n\n')).toBe('three');
  expect(lastLines('one\ntwo\n\nthree\n', 2)).toBe('two\nthree');
  expect(lastLines(' \n')).toBe('');
});

it('leaves out what a terminal would obey, and the login in a URL', () => {
  expect(lastLines('\u001b[31merror\u001b[0m:\u0007 state at s3://key:secret@bucket/x')).toBe(
    'error:  state at s3://…@bucket/x',
  );
});
