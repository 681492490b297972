/** The PostgreSQL generations that Tidemark supports, oldest first. `npm test` runs on the first and the last. */
export const GENERATIONS = [15, 16, 17, 18] as const;

export type Generation = (typeof GENERATIONS)[number];

/** Debian's releases by the PostgreSQL that is theirs. No release came with 16; forky is Debian's testing. */
const SUITES: Readonly<Partial<Record<Generation, string>>> = { 15: 'bookworm', 17: 'trixie', 18: 'forky' };

/** True for a generation that Tidemark supports. */
export function isSupported(generation: number): generation is Generation {
  return GENERATIONS.some((known) => known === generation);
}

/** Reads `15` to `18`; undefined for all else. */
export function generationOf(text: string): Generation | undefined {
  return GENERATIONS.find((known) => String(known) === text);
}

/** The Debian release whose own packages are of that generation; undefined where there is none. */
export function suiteOf(generation: Generation): string | undefined {
  return SUITES[generation];
}
