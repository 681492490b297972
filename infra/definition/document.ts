/** One YAML document: its plain value, and the place of everything in it. */
import { type Document, isMap, isNode, isScalar, isSeq, type LineCounter, visit, type YAMLMap } from 'yaml';
import { type Path, type Problem, pathText, show } from './errors';

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A mistake found in the YAML itself, at an offset into the text. */
export interface YamlProblem {
  readonly offset: number;
  readonly message: string;
}

function start(node: unknown, otherwise: number): number {
  if (!isNode(node)) return otherwise;
  // The place of a value that is not there (`tiers:`) may be lines below its key.
  if (isScalar(node) && node.value === null && node.source === '') return otherwise;
  return node.range?.[0] ?? otherwise;
}

function entry(map: YAMLMap, key: string) {
  return map.items.find((pair) => isScalar(pair.key) && String(pair.key.value ?? '') === key);
}

/** Offset of what a path names; of the innermost map or list that exists when it names something missing. */
function offsetOf(document: Document, path: Path, at: Problem['at']): number {
  let node: unknown = document.contents;
  let offset = start(node, 0);
  for (const [index, part] of path.entries()) {
    if (isMap(node)) {
      const pair = entry(node, String(part));
      if (!pair) return offset;
      const key = start(pair.key, offset);
      if (at === 'key' && index === path.length - 1) return key;
      node = pair.value;
      offset = start(node, key);
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(part)];
      if (item === undefined) return offset;
      node = item;
      offset = start(node, offset);
    } else {
      // A scalar, or an alias: what is wrong is shown where the alias is used.
      return offset;
    }
  }
  return offset;
}

/** Line and column of a problem's path in the document. */
export function placeOf(
  document: Document,
  lines: LineCounter,
  problem: Pick<Problem, 'path' | 'at'>,
): Place {
  const { line, col } = lines.linePos(offsetOf(document, problem.path, problem.at));
  return { line, column: col };
}

/**
 * Finds keys that are given twice, or that JavaScript would not keep, and removes them, so that the rest of the
 * document can be checked in the same run. (The library's own check compares each key with all others.)
 */
export function removeBadKeys(document: Document, lines: LineCounter): readonly YamlProblem[] {
  const problems: YamlProblem[] = [];
  visit(document, {
    Map(_, map, ancestors) {
      const seen = new Map<string, number>();
      map.items = map.items.filter(({ key }) => {
        const name = isScalar(key) ? String(key.value ?? '') : '';
        const offset = start(key, map.range?.[0] ?? 0);
        const first = seen.get(name);
        if (first === undefined && name !== '__proto__') {
          seen.set(name, offset);
          return true;
        }
        const firstLine = first === undefined ? 0 : lines.linePos(first).line;
        const owner = ownerText([...ancestors, map]);
        const message =
          first === undefined
            ? `key "__proto__" is not allowed${owner}`
            : `key ${show(name)} is given twice${owner}, first in line ${firstLine}; each key is allowed once`;
        problems.push({ offset, message });
        return false;
      });
    },
  });
  return problems;
}

/** ` in source.partition`, from the nodes between the document and a map. */
function ownerText(nodes: readonly unknown[]): string {
  const path: PropertyKey[] = [];
  nodes.forEach((node, index) => {
    const parent = nodes[index - 1];
    if (isSeq(parent)) path.push(parent.items.indexOf(node));
    const key = typeof node === 'object' && node !== null && 'key' in node ? node.key : undefined;
    if (isScalar(key)) path.push(String(key.value));
  });
  return path.length === 0 ? '' : ` in ${pathText(path)}`;
}
