/** Checks a normalized definition that did not come from a file: by the very rules that files are checked by. */
import { pathText, show } from '../definition/errors';
import { asWritten, normalize } from '../definition/normalize';
import { validate } from '../definition/validate';
import { RollupDefinition } from '../model/definition';
import { isUnknownAt } from './unknown';

export type CheckedDefinition =
  | { readonly definition: RollupDefinition; readonly problems: readonly [] }
  /** null with no problems: part of it is not known yet. */
  | { readonly definition: null; readonly problems: readonly string[] };

/** The definition in its normal form, or what is wrong with it; what is unknown so far is not judged. */
export function checkDefinition(value: unknown): CheckedDefinition {
  const shape = RollupDefinition.safeParse(value);
  if (!shape.success) {
    const issues = shape.error.issues.filter(({ path }) => !isUnknownAt(value, path));
    return {
      definition: null,
      problems: issues.map((i) => `${pathText(['definition', ...i.path])}: ${i.message}`),
    };
  }
  const { whole, problems } = validate(asWritten(shape.data));
  if (problems.length > 0 || whole === null) {
    const known = problems.filter(({ path }) => !isUnknownAt(value, path));
    return { definition: null, problems: known.map(({ message }) => message) };
  }
  const definition = normalize(whole);
  const suffixes = definition.tiers.flatMap(({ suffix }, index) => {
    const given = shape.data.tiers[index]?.suffix;
    return given === suffix ? [] : [`tiers[${index}].suffix is ${show(given)}; it must be ${show(suffix)}`];
  });
  return suffixes.length > 0 ? { definition: null, problems: suffixes } : { definition, problems: [] };
}
