/** What AWS says no to, in its own words: `Code: message`. */
export class Refusal extends Error {}

/** A rule looks at what is asked for and says why not, or null. */
export type Rule<T> = (asked: T) => string | null;

/** Throws the first refusal. */
export function obey<T>(rules: Readonly<Record<string, Rule<T>>>, asked: T): void {
  for (const rule of Object.values(rules)) {
    const reason = rule(asked);
    if (reason !== null) throw new Refusal(reason);
  }
}
