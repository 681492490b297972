/** The resources of the account: what `pulumi-resource-aws` asks of AWS, and the types that stand for a running PostgreSQL. */
import { type Data, sameValue } from '../plugin/values';
import { argumentProblems, argumentsOf } from './arguments';
import { invoke } from './invokes';
import { type Account, autoNamed, computed, kindOf } from './kinds';
import type { Rds } from './rds';

export interface Question extends Data {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly token: string;
  readonly inputs: Data;
  readonly olds: Data;
  readonly news: Data;
  readonly args: Data;
  readonly ignored: readonly string[];
}

export interface Kept {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  inputs: Data;
  outputs: Data;
}

export class Resources {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly account: Account,
    private readonly rds: Rds,
  ) {}

  /** All resources of a type. */
  all(type: string): readonly Kept[] {
    return [...this.#kept.values()].filter((kept) => kept.type === type);
  }

  get types(): readonly string[] {
    return [...new Set([...this.#kept.values()].map(({ type }) => type))].sort();
  }

  async answer(operation: string, question: Question): Promise<unknown> {
    switch (operation) {
      case 'check':
        return this.check(question);
      case 'diff':
        return this.diff(question);
      case 'create':
        return this.create(question);
      case 'read':
        return this.read(question);
      case 'update':
        return this.update(question);
      case 'delete':
        return this.delete(question);
      case 'invoke':
        return invoke(question.token, question.args, this.account);
      default:
        throw new Error(`The stand-in has no operation ${operation}.`);
    }
  }

  private kind(type: string) {
    return this.rds.kind(type) ?? kindOf(type, argumentsOf(type).names);
  }

  private check({ type, name, olds, news }: Question) {
    const defaults = autoNamed(this.kind(type), name, olds, news);
    return { defaults, problems: argumentProblems(type, { ...defaults, ...news }) };
  }

  private diff({ type, olds, news, ignored }: Question) {
    const names = new Set([...Object.keys(olds), ...Object.keys(news)]);
    const changed = [...names].filter(
      (name) => !name.startsWith('__') && !ignored.includes(name) && !sameValue(olds[name], news[name]),
    );
    const { replaces = [] } = this.kind(type);
    return { changed: changed.length > 0, replaces: changed.filter((name) => replaces.includes(name)) };
  }

  private async create({ type, name, inputs }: Question) {
    const kind = this.kind(type);
    const id = kind.id?.(inputs) ?? name;
    if (this.#kept.has(`${type} ${id}`)) throw new Error(`AlreadyExists: ${type} ${id} already exists.`);
    const more = await this.rds.create(type, id, inputs);
    const outputs = { ...computed(kind, inputs, id, this.account), ...more };
    this.#kept.set(`${type} ${id}`, { type, name, id, inputs, outputs });
    return { id, outputs };
  }

  private async read({ type, id }: Question) {
    const kept = this.#kept.get(`${type} ${id}`);
    return kept === undefined ? null : { ...kept.inputs, ...kept.outputs };
  }

  private async update({ type, id, news }: Question) {
    const kept = this.#kept.get(`${type} ${id}`);
    if (kept === undefined) throw new Error(`NotFound: ${type} ${id} does not exist.`);
    const more = await this.rds.update(type, id, kept.inputs, news);
    kept.inputs = news;
    kept.outputs = {
      ...kept.outputs,
      ...(news['tags'] === undefined ? {} : { tagsAll: news['tags'] }),
      ...more,
    };
    return kept.outputs;
  }

  private async delete({ type, id }: Question) {
    const kept = this.#kept.get(`${type} ${id}`);
    if (kept === undefined) return null;
    await this.rds.delete(type, id, kept.inputs);
    this.#kept.delete(`${type} ${id}`);
    return null;
  }
}
