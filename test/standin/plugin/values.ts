/** Property values as the engine sends them: secrets, outputs and assets are maps with a signature. */

export type Data = Record<string, unknown>;

/** What the engine puts in the place of a value that a preview cannot know yet. */
export const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
const SIGNATURE = '4dabf18193072939515e22adb298388d';
const RESOURCE = '5cf8f73096256a8f31e491e813e4eb8e';
const WITH_VALUE = ['1b47061264138c4ac30d75fd1eb44270', 'd0e6a833031e9bbcd3f4e8bde6ca49a4'];

export function isData(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The plain values inside: a secret's text, an output's value, a resource's id. */
export function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isData(value)) return value;
  const signature = value[SIGNATURE];
  if (signature === RESOURCE) return value['id'] === '' ? UNKNOWN : value['id'];
  if (WITH_VALUE.includes(String(signature))) return 'value' in value ? plain(value['value']) : UNKNOWN;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

export function plainData(value: unknown): Data {
  const result = plain(value);
  return isData(result) ? result : {};
}

/** Equal as Pulumi sees it: the order of keys says nothing, and what is null or not given is the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isData(value)) return JSON.stringify(value ?? null);
  const keys = Object.keys(value).filter((key) => value[key] !== undefined && value[key] !== null);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
    .join(',')}}`;
}
