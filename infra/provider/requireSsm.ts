import * as pulumi from '@pulumi/pulumi';
import { requirePlugin } from '../connection/plugin';
import { TidemarkError } from '../model/error';
import { stop } from './stop';

/**
 * Ends an `up` that would lack what a tunnel through Systems Manager needs: better now than after twenty minutes, with a database
 * that was made and cannot be reached. A preview warns only: who looks, such as CI, need not get there.
 */
export function requireSsm(): void {
  try {
    requirePlugin();
  } catch (error) {
    if (!(error instanceof TidemarkError)) throw error;
    const said = [error.message, error.hint ?? ''].join(' ').trim();
    if (!pulumi.runtime.isDryRun()) throw stop(said);
    void pulumi.log.warn(`${said} Without it, \`pulumi up\` stops before it creates anything.`);
  }
}
