/** What the resources of engine and rollups have in common: where, and whose they are. */
import { readFileSync } from 'node:fs';
import type { Connection } from '../connection/connection';
import { located } from '../connection/location';
import { placeOf } from '../connection/url';
import type { Ownership } from '../db/owners';
import { TidemarkError } from '../model/error';
import type { Owner } from '../model/owner';
import { forUsers } from './failure';
import type { Data } from './state';
import { hasUnknown } from './unknown';

/** The inputs, in the order in which previews show them. Resources of earlier versions, and those of tests, lack some. */
export const SHARED = ['connection', 'place', 'owner'] as const;

/** Of what is given, and of the inputs before: without a key for what is not there, which previews would show. */
export function sharedInputs(before: Data, given: Data): Data {
  const { connection, owner, adopt } = given;
  const place = urlPlace(connection) ?? before['place'];
  return {
    connection,
    ...(place === undefined ? {} : { place }),
    ...(owner === undefined ? {} : { owner }),
    ...(adopt === true ? { adopt } : {}),
  };
}

/** The same, of what is kept. */
export function sharedOf(kept: Data): Data {
  return Object.fromEntries(SHARED.filter((key) => kept[key] !== undefined).map((key) => [key, kept[key]]));
}

/**
 * The database that a URL leads to, such as `db.example:5432/app`. The connection only names the variable or the file, and is the same
 * when that holds the URL of another database. undefined: the connection names the database itself, or the URL cannot be read here.
 */
function urlPlace(connection: unknown): string | undefined {
  if (typeof connection !== 'object' || connection === null || hasUnknown(connection)) return undefined;
  const { urlEnv, urlFile } = connection as { readonly urlEnv?: string; readonly urlFile?: string };
  try {
    if (typeof urlEnv === 'string') return placeOf(process.env[urlEnv] ?? '');
    if (typeof urlFile !== 'string') return undefined;
    const { urlFile: path } = located({ urlFile } as Connection) as { readonly urlFile: string };
    return placeOf(readFileSync(path, 'utf8').trim());
  } catch {
    // The operation says it, if there is one.
    return undefined;
  }
}

/** Refuses to remove something where the variable or the file now has the URL of another database than it is in. */
export function refuseElsewhere(what: string, kept: Data): void {
  const [place, now] = [kept['place'], urlPlace(kept['connection'])];
  if (place === undefined || now === undefined || place === now) return;
  throw forUsers(
    new TidemarkError(
      `The ${what} is in the database ${place}, but the connection now leads to ${now}. Nothing was removed.`,
      {
        hint: 'Let the URL lead to the first database until this is done; or, if that database no longer exists, run `pulumi state delete` with the URN of this resource.',
      },
    ),
  );
}

/** Whose the inputs are; undefined in a state of an earlier version. */
export function ownerIn(inputs: Data): Owner | undefined {
  return inputs['owner'] as Owner | undefined;
}

/** Whose a change is. @param before What the state holds; undefined for a new resource. */
export function ownershipOf(inputs: Data, before?: Data): { readonly ownership?: Ownership } {
  const owner = ownerIn(inputs);
  if (owner === undefined) return {};
  const earlier = before === undefined ? undefined : ownerIn(before);
  const adopt = inputs['adopt'] === true;
  return { ownership: { owner, adopt, ...(earlier === undefined ? {} : { before: earlier }) } };
}
