/** What a type of @pulumi/aws takes, told by the SDK's own declarations: a misspelled or missing input is refused. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface Arguments {
  readonly names: ReadonlySet<string>;
  readonly required: ReadonlySet<string>;
}

const known = new Map<string, Arguments>();
const sdk = dirname(createRequire(join(process.cwd(), 'package.json')).resolve('@pulumi/aws/package.json'));

/** Of `aws:rds/instance:Instance`, those of InstanceArgs. */
export function argumentsOf(type: string): Arguments {
  const found = known.get(type) ?? readArguments(type);
  known.set(type, found);
  return found;
}

function readArguments(type: string): Arguments {
  const [, path = '', name = ''] = type.split(':');
  const file = join(sdk, `${path.replace(/^index\//, '')}.d.ts`);
  if (!existsSync(file)) throw new Error(`@pulumi/aws has no type ${type}.`);
  const body = new RegExp(`export interface ${name}Args \\{\\n([\\s\\S]*?)\\n\\}`).exec(
    readFileSync(file, 'utf8'),
  );
  const lines = [...(body?.[1] ?? '').matchAll(/^ {4}(\w+)(\??): /gm)];
  return {
    names: new Set(lines.map(([, key = '']) => key)),
    required: new Set(lines.filter(([, , optional]) => optional === '').map(([, key = '']) => key)),
  };
}

/** What is wrong with inputs, one sentence each. */
export function argumentProblems(type: string, inputs: Readonly<Record<string, unknown>>): readonly string[] {
  const { names, required } = argumentsOf(type);
  const given = Object.keys(inputs).filter((key) => inputs[key] !== undefined && !key.startsWith('__'));
  return [
    ...given.filter((key) => !names.has(key)).map((key) => `${type} has no input ${key}.`),
    ...[...required].filter((key) => !given.includes(key)).map((key) => `${type} needs the input ${key}.`),
  ];
}
