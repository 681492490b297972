/** What every end-to-end test does with a stack: commands of the real CLI, definitions, configuration, and what it leaves. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { stringify } from 'yaml';
import type { StackRunner } from '../../infra/local/pulumi/stack';

// A run of the CLI takes seconds, on a busy machine many; and a file may have to wait for its turn, or for a server.
vi.setConfig({ testTimeout: 600_000, hookTimeout: 900_000 });

export interface Result {
  readonly code: number;
  /** Both streams. */
  readonly text: string;
}

export abstract class PulumiStack {
  readonly #output: string[] = [];

  constructor(
    /** Has the folders `state` and `rollups`. */
    readonly folder: string,
    readonly runner: StackRunner,
  ) {}

  async run(...args: readonly string[]): Promise<Result> {
    const { code, stdout, stderr } = await this.runner.run(args, {
      onLine: (line) => this.#output.push(line),
    });
    return { code, text: `${stdout}\n${stderr}` };
  }

  /** Runs a command that must succeed. */
  async ok(...args: readonly string[]): Promise<string> {
    const { code, text } = await this.run(...args);
    expect(code, `pulumi ${args.join(' ')}\n${text}`).toBe(0);
    return text;
  }

  /** Runs a command that must fail. */
  async fails(...args: readonly string[]): Promise<string> {
    const { code, text } = await this.run(...args);
    expect(code, text).not.toBe(0);
    return text;
  }

  up(): Promise<string> {
    return this.ok('up', '--yes', '--skip-preview');
  }

  define(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, 'rollups', `${name}.yaml`), text);
  }

  /** Replaces the whole configuration; the salt, if there is one, belongs to the state and stays. */
  protected async writeConfig(
    values: Readonly<Record<string, unknown>>,
    others: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    // Written at once: each `pulumi config set` takes a second.
    const file = this.runner.configFile;
    const salt = /^encryptionsalt:.*$/m.exec(await readFile(file, 'utf8'))?.[0] ?? '';
    const own = Object.entries(values).map(([key, value]) => [`tidemark:${key}`, value]);
    await writeFile(file, `${stringify({ config: { ...Object.fromEntries(own), ...others } })}${salt}\n`);
  }

  /** Everything that Pulumi keeps or has printed. */
  async traces(): Promise<string> {
    const entries = await readdir(join(this.folder, 'state'), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'utf8')));
    return [...texts, ...this.#output].join('\n');
  }
}
