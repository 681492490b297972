#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { TidemarkError } from '../model/error';
import { auditCommand } from './audit';
import { dropCommand } from './drop';
import { reportFailure, USAGE } from './failure';
import { localCommand } from './local';
import { colorsFor, endQuietlyOnBrokenPipe } from './output';
import { pulumiCommand } from './pulumi';
import { statusCommand } from './status';
import { uninstallCommand } from './uninstall';
import { validateCommand } from './validate';

/** The version in the package.json of this installation, found upwards from here. */
function packageVersion(): string {
  for (let directory = __dirname; directory !== dirname(directory); directory = dirname(directory)) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
        return String(manifest.version);
    } catch {
      // Not in this directory: look one higher.
    }
  }
  return 'unknown';
}

/** The whole command line; `tidemark` without a command shows the help. */
function program(): Command {
  const root = new Command('tidemark')
    .description('Time-series rollups as code for PostgreSQL')
    .version(packageVersion(), '-V, --version', 'print the version')
    .option('--debug', 'show the stack trace of an error')
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error:/, colorsFor(process.stderr).red('error:'))),
    })
    .showHelpAfterError('hint: see tidemark --help')
    .exitOverride()
    .addCommand(validateCommand())
    .addCommand(statusCommand())
    .addCommand(auditCommand())
    .addCommand(dropCommand())
    .addCommand(uninstallCommand())
    .addCommand(localCommand())
    .addCommand(pulumiCommand());
  inheritSettings(root);
  return root;
}

/** Commands made elsewhere do not take over how their parent ends and reports. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}

/** Node ends as after success once nothing is left to wait for, though a command may still wait. */
function unfinished(): TidemarkError {
  return new TidemarkError(
    'tidemark stopped before the command was finished, because nothing was left to wait for.',
    {
      hint: 'This is a bug in tidemark. Please report it, with the command that you ran.',
    },
  );
}

async function main(): Promise<void> {
  endQuietlyOnBrokenPipe();
  const root = program();
  const debug = (): boolean => root.opts<{ debug?: true }>().debug === true;
  let done = false;
  process.once('beforeExit', () => {
    if (!done) process.exitCode = reportFailure(unfinished(), debug());
  });
  try {
    if (process.argv.length <= 2) {
      root.outputHelp({ error: true });
      process.exitCode = USAGE;
      return;
    }
    await root.parseAsync();
  } catch (error) {
    process.exitCode = reportFailure(error, debug());
  } finally {
    done = true;
  }
}

void main();
