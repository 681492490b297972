/** Compares inputs with what the SDK declares. */
import ts from 'typescript';
import { argumentsOf, type Declaration, nested, valuesOf } from './declarations';

/** What is wrong, each with its place: unknown and missing properties, values of another kind, values that no enum has. */
export function nonconformities(token: string, inputs: Readonly<Record<string, unknown>>): readonly string[] {
  const given = token.startsWith('pulumi:providers:') ? unpacked(inputs) : inputs;
  return ofObject(argumentsOf(token), given, token.slice(token.lastIndexOf(':') + 1));
}

/** SDKs hand the options of a provider over as text, in JSON where they are none. */
function unpacked(inputs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const open = ([name, value]: [string, unknown]) => {
    const packed = typeof value === 'string' && /^(true|false|\d+|[[{].*)$/.test(value);
    return [name, packed ? (JSON.parse(value) as unknown) : value];
  };
  return Object.fromEntries(Object.entries(inputs).map(open)) as Readonly<Record<string, unknown>>;
}

function ofObject(declared: Declaration, value: object, place: string): string[] {
  const given = Object.entries(value).filter(([, item]) => item !== undefined);
  const names = new Set(given.map(([name]) => name));
  const missing = [...declared.members]
    .filter(([name, { required }]) => required && !names.has(name))
    .map(([name]) => `${place}.${name} is missing`);
  const wrong = given.flatMap(([name, item]) => {
    const member = declared.members.get(name);
    if (member === undefined) return [`${place}.${name} is not declared by ${declared.name}`];
    const at = `${place}.${name}`;
    return [...ofType(member.type, item, at, declared.root), ...ofComment(member.text, item, at)];
  });
  return [...missing, ...wrong];
}

function pathOf(name: ts.EntityName): string[] {
  return ts.isIdentifier(name) ? [name.text] : [...pathOf(name.left), name.right.text];
}

function shown(value: unknown): string {
  return JSON.stringify(value);
}

function ofKind(kind: string, value: unknown, place: string): string[] {
  return typeof value === kind ? [] : [`${place} is ${shown(value)}, not a ${kind}`];
}

function ofType(type: ts.TypeNode, value: unknown, place: string, root: string): string[] {
  switch (type.kind) {
    case ts.SyntaxKind.StringKeyword:
      return ofKind('string', value, place);
    case ts.SyntaxKind.NumberKeyword:
      return ofKind('number', value, place);
    case ts.SyntaxKind.BooleanKeyword:
      return ofKind('boolean', value, place);
    case ts.SyntaxKind.UndefinedKeyword:
      return [`${place} is ${shown(value)}, not undefined`];
    default:
  }
  if (ts.isUnionTypeNode(type)) return ofUnion(type, value, place, root);
  if (ts.isArrayTypeNode(type)) {
    if (!Array.isArray(value)) return [`${place} is ${shown(value)}, not a list`];
    return value.flatMap((item, index) => ofType(type.elementType, item, `${place}[${index}]`, root));
  }
  if (ts.isTypeLiteralNode(type)) return ofMap(type, value, place, root);
  if (ts.isTypeReferenceNode(type)) return ofReference(type, value, place, root);
  throw new Error(`${place}: this kind of type is not understood: ${ts.SyntaxKind[type.kind]}`);
}

/** An enum beside `string` is held to, since the SDK leaves such types open on purpose; so what it does not know shows. */
function ofUnion(type: ts.UnionTypeNode, value: unknown, place: string, root: string): string[] {
  const isEnum = (one: ts.TypeNode) => ts.isTypeReferenceNode(one) && pathOf(one.typeName)[0] === 'enums';
  const enums = type.types.filter(isEnum);
  const choices = typeof value === 'string' && enums.length > 0 ? enums : type.types;
  const results = choices.map((one) => ofType(one, value, place, root));
  if (results.some((found) => found.length === 0)) return [];
  // The first says most: `undefined` and classes stand behind.
  return results[0] ?? [];
}

/** `{ [key: string]: T }`. */
function ofMap(type: ts.TypeLiteralNode, value: unknown, place: string, root: string): string[] {
  const [signature] = type.members;
  if (signature === undefined || !ts.isIndexSignatureDeclaration(signature)) {
    throw new Error(`${place}: this kind of object type is not understood`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${place} is ${shown(value)}, not a map`];
  }
  return Object.entries(value).flatMap(([key, item]) =>
    ofType(signature.type, item, `${place}.${key}`, root),
  );
}

function ofReference(type: ts.TypeReferenceNode, value: unknown, place: string, root: string): string[] {
  const path = pathOf(type.typeName);
  const [first, ...rest] = path;
  if (first === 'pulumi' && rest[0] === 'Input') {
    const inner = type.typeArguments?.[0];
    if (inner === undefined) throw new Error(`${place}: an Input of nothing`);
    return ofType(inner, value, place, root);
  }
  if (first === 'inputs') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return [`${place} is ${shown(value)}, not an object`];
    }
    return ofObject(nested(root, rest), value, place);
  }
  if (first === 'enums') {
    const allowed = valuesOf(root, rest);
    if (typeof value === 'string' && allowed.includes(value)) return [];
    return [`${place} is ${shown(value)}, which ${rest.join('.')} does not have`];
  }
  // A resource in place of its name or ARN: the engine gets a text, which is another member of the union.
  return [`${place} is ${shown(value)}, not a ${path.join('.')}`];
}

/** Many properties are of type string, and only the comment has the values: "Valid values: `standard`, `advanced`." */
function ofComment(comment: string, value: unknown, place: string): string[] {
  const sentence = /valid values(?: are)?:? ((?:`[^`]+`(?: \([^)]*\))?[, ]*(?:and |or )?)+)\.?\s/i.exec(
    comment,
  )?.[1];
  if (sentence === undefined || typeof value !== 'string') return [];
  // Further ones may stand in sentences after it.
  const allowed = [...comment.matchAll(/`([^`]+)`/g)].map(([, text]) => text ?? '');
  if (allowed.includes(value)) return [];
  return [`${place} is ${shown(value)}, but its documentation has ${allowed.join(', ')}`];
}
