import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pulumiProgram } from '../../../infra/cli/pulumiProgram';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-program-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An executable below the folder; returns its path. */
function program(path: string, text = '#!/bin/sh\nexit 1\n', mode = 0o755): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
  return file;
}

/** The npm package: what is on PATH only starts the CLI, which it keeps under PULUMI_HOME. */
function npmPackage(text?: string): string {
  const wrapper = program('app/node_modules/pulumi/run.js', text);
  writeFileSync(join(dirname(wrapper), 'package.json'), '{ "name": "pulumi", "version": "3.259.0" }');
  mkdirSync(join(folder, 'app/node_modules/.bin'));
  symlinkSync(wrapper, join(folder, 'app/node_modules/.bin/pulumi'));
  return join(folder, 'app/node_modules/.bin');
}

function environment(...path: readonly string[]): NodeJS.ProcessEnv {
  return { PATH: [...path, '/usr/bin', '/bin'].join(delimiter), PULUMI_HOME: join(folder, 'home') };
}

describe('pulumiProgram', () => {
  it('takes the first pulumi on PATH that can be run, as it is', async () => {
    mkdirSync(join(folder, 'one/pulumi'), { recursive: true });
    program('two/pulumi', '', 0o644);
    const real = program('real');
    mkdirSync(join(folder, 'three'));
    // By the name on PATH: what manages versions goes by the name that it is called by.
    symlinkSync(real, join(folder, 'three/pulumi'));
    program('four/pulumi');
    const env = environment(...['one', 'two', 'three', 'four'].map((name) => join(folder, name)));
    expect(await pulumiProgram(env)).toEqual({ command: join(folder, 'three/pulumi'), env });
  });

  it('leaves it to the start to say what is wrong where there is none', async () => {
    const env = environment(join(folder, 'none'));
    expect(await pulumiProgram(env)).toEqual({ command: 'pulumi', env });
  });

  it('takes the CLI itself where the npm package would only start it, with what stands beside it', async () => {
    const cli = program('home/versions/3.259.0/bin/pulumi');
    const env = environment(npmPackage());
    const PATH = `${dirname(cli)}${delimiter}${env['PATH']}`;
    expect(await pulumiProgram(env)).toEqual({ command: cli, env: { ...env, PATH } });
  });

  it('knows the script that pnpm puts there instead of a link', async () => {
    const cli = program('home/versions/3.259.0/bin/pulumi');
    const bin = npmPackage();
    rmSync(join(bin, 'pulumi'));
    program('app/node_modules/.bin/pulumi', '#!/bin/sh\nexec node run.js "$@"\n');
    expect((await pulumiProgram(environment(bin))).command).toBe(cli);
  });

  it('takes the version that PULUMI_VERSION asks the package for', async () => {
    program('home/versions/3.259.0/bin/pulumi');
    const cli = program('home/versions/3.300.0/bin/pulumi');
    const env = { ...environment(npmPackage()), PULUMI_VERSION: '3.300.0' };
    expect((await pulumiProgram(env)).command).toBe(cli);
  });

  it('lets the package download it first', async () => {
    const bin = '"$PULUMI_HOME/versions/3.259.0/bin"';
    const download = `[ "$*" = version ] && mkdir -p ${bin} && cp /bin/sh ${bin}/pulumi`;
    const env = environment(npmPackage(`#!/bin/sh\n${download}\n`));
    const cli = join(folder, 'home/versions/3.259.0/bin/pulumi');
    expect((await pulumiProgram(env)).command).toBe(cli);
    expect(existsSync(cli)).toBe(true);
  });

  it('says so where the package cannot', async () => {
    await expect(pulumiProgram(environment(npmPackage()))).rejects.toMatchObject({
      message: 'The npm package `pulumi` does not start its CLI 3.259.0.',
    });
  });

  it('runs what is in node_modules and no such package, and a package that keeps its CLI elsewhere, as before', async () => {
    const other = program('other/node_modules/.bin/pulumi');
    expect((await pulumiProgram(environment(dirname(other)))).command).toBe(other);
    const bin = npmPackage('#!/bin/sh\n');
    expect((await pulumiProgram(environment(bin))).command).toBe(join(bin, 'pulumi'));
  });
});
