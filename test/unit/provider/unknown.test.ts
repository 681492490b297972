import { describe, expect, it } from 'vitest';
import { hasUnknown, isUnknownAt, sameData, UNKNOWN } from '../../../infra/provider/unknown';

describe('data with unknown values', () => {
  it('is found anywhere', () => {
    expect(hasUnknown({ a: [{ b: UNKNOWN }] })).toBe(true);
    expect(hasUnknown({ a: [{ b: 'x' }], c: null })).toBe(false);
  });

  it('is unknown at a path also where something on the way is', () => {
    expect(isUnknownAt({ a: UNKNOWN }, ['a', 'b', 0])).toBe(true);
    expect(isUnknownAt({ a: { b: 1 } }, ['a', 'b'])).toBe(false);
    expect(isUnknownAt(undefined, ['a'])).toBe(false);
  });

  it('equals nothing, not even itself', () => {
    expect(sameData({ a: UNKNOWN }, { a: UNKNOWN })).toBe(false);
    expect(sameData(UNKNOWN, 'x')).toBe(false);
  });
});

describe('data without', () => {
  it('is compared by value, whatever the order of keys and whether null or absent', () => {
    expect(sameData({ a: 1, b: { c: null } }, { b: {}, a: 1 })).toBe(true);
    expect(sameData(null, undefined)).toBe(true);
  });

  it('differs in any value and in the order of lists', () => {
    expect(sameData({ a: 1 }, { a: '1' })).toBe(false);
    expect(sameData([1, 2], [2, 1])).toBe(false);
    expect(sameData({ a: false }, {})).toBe(false);
  });
});
