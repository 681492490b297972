/** Which stack of which project the arguments of Pulumi name, and what it has as output. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { lastLines } from '../lastLines';

const PATIENCE_MILLISECONDS = 60_000;

/** Of all arguments those that say which stack of which folder is meant. */
export function stackOptions(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    if (/^(--stack|--cwd)=|^-[sC]./.test(arg)) return [arg];
    const value = args[index + 1];
    return /^(--stack|--cwd|-s|-C)$/.test(arg) && value !== undefined ? [arg, value] : [];
  });
}

/** Where relative paths of a program's connection begin: as Pulumi finds it, from the folder that is named upwards. */
export function projectFolder(args: readonly string[]): string {
  const options = stackOptions(args);
  const named = options.flatMap((option, index) => {
    const value = /^(?:--cwd=|-C=?)(.+)$/.exec(option)?.[1];
    if (value !== undefined) return [value];
    return /^(-C|--cwd)$/.test(options[index - 1] ?? '') ? [option] : [];
  });
  const start = resolve(named.at(-1) ?? '.');
  for (let folder = start; ; folder = dirname(folder)) {
    if (['Pulumi.yaml', 'Pulumi.yml'].some((name) => existsSync(join(folder, name)))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

/** The output `connection` of the stack that the arguments name; undefined, after a warning, where Pulumi gives none. */
export function stackOutput(
  args: readonly string[],
  warn: (text: string) => void,
  patience = PATIENCE_MILLISECONDS,
): Promise<string | undefined> {
  const child = spawn('pulumi', ['stack', 'output', 'connection', '--json', ...stackOptions(args)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // It only reads: whatever it waits for, such as a login, nobody will give.
    timeout: patience,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  }
  return new Promise((found) => {
    const failed = (why: string): void => {
      warn(`\`pulumi stack output connection\` failed: ${why}`);
      found(undefined);
    };
    child.once('error', (cause) => failed(cause.message));
    child.once('close', (code, signal) => {
      if (code === 0) return found(said.stdout);
      failed(signal === null ? saidLast(said.stderr) : `no answer in ${patience / 1000} seconds`);
    });
  });
}

function saidLast(text: string): string {
  return lastLines(text).trim().slice(0, 300) || 'it does not say why';
}
