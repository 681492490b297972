/** Reads what a provider's SDK declares of its inputs, from the text of its .d.ts files: no type checker, so it takes a second. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export interface Member {
  readonly required: boolean;
  readonly type: ts.TypeNode;
  /** The comment before it. */
  readonly text: string;
}

/** The properties of an input, and the package that its types are of. */
export interface Declaration {
  readonly name: string;
  readonly root: string;
  readonly members: ReadonlyMap<string, Member>;
}

const files = new Map<string, ts.SourceFile>();

function parsed(file: string): ts.SourceFile {
  const known = files.get(file);
  if (known !== undefined) return known;
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, false);
  files.set(file, source);
  return source;
}

function rootOf(name: string): string {
  return dirname(createRequire(__filename).resolve(`@pulumi/${name}/package.json`));
}

function members(node: ts.InterfaceDeclaration, source: ts.SourceFile): ReadonlyMap<string, Member> {
  const found = new Map<string, Member>();
  for (const member of node.members) {
    if (!ts.isPropertySignature(member) || member.type === undefined) continue;
    const name = (member.name as ts.Identifier | ts.StringLiteral).text;
    const text = source.text.slice(member.getFullStart(), member.getStart(source));
    found.set(name, { required: member.questionToken === undefined, type: member.type, text });
  }
  return found;
}

function declaration(
  statements: readonly ts.Statement[],
  name: string,
  source: ts.SourceFile,
  root: string,
): Declaration {
  const node = statements.find((one) => ts.isInterfaceDeclaration(one) && one.name.text === name);
  if (node === undefined) throw new Error(`${source.fileName} declares no ${name}`);
  return { name, root, members: members(node as ts.InterfaceDeclaration, source) };
}

function inNamespace(file: string, namespace: string | undefined) {
  const source = parsed(file);
  if (namespace === undefined) return { source, statements: source.statements };
  const node = source.statements.find((one) => ts.isModuleDeclaration(one) && one.name.text === namespace);
  const body = node === undefined ? undefined : (node as ts.ModuleDeclaration).body;
  if (body === undefined || !ts.isModuleBlock(body)) throw new Error(`${file} has no namespace ${namespace}`);
  return { source, statements: body.statements };
}

/** The arguments of a resource (`aws:rds/instance:Instance`, `pulumi:providers:postgresql`) or of a function. */
export function argumentsOf(token: string): Declaration {
  const [first = '', module = '', name = ''] = token.split(':');
  if (first === 'pulumi' && module === 'providers') {
    const root = rootOf(name);
    const source = parsed(join(root, 'provider.d.ts'));
    return declaration(source.statements, 'ProviderArgs', source, root);
  }
  const root = rootOf(first);
  const source = parsed(join(root, `${module.replace(/^index\//, '')}.d.ts`));
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Args`;
  return declaration(source.statements, type, source, root);
}

/** `inputs.rds.ParameterGroupParameter`, or `inputs.ProviderDefaultTags`. */
export function nested(root: string, path: readonly string[]): Declaration {
  const name = path.at(-1) ?? '';
  const file = join(root, 'types', 'input.d.ts');
  const { source, statements } = inNamespace(file, path.length > 1 ? path[0] : undefined);
  return declaration(statements, name, source, root);
}

/** The values of `enums.rds.EngineType`. */
export function valuesOf(root: string, path: readonly string[]): readonly string[] {
  const source = parsed(join(root, 'types', 'enums', ...path.slice(0, -1), 'index.d.ts'));
  const text = source.text;
  const body = new RegExp(`export declare const ${path.at(-1)}: \\{([^}]*)\\}`).exec(text)?.[1];
  if (body === undefined) throw new Error(`${source.fileName} declares no ${path.join('.')}`);
  return [...body.matchAll(/readonly \w+: "([^"]*)"/g)].map(([, value]) => value ?? '');
}
