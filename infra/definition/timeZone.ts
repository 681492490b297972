/** Time zones by IANA name: spelling, and the offsets that decide which tiers nest. */
import { IANAZone } from 'luxon';
import { WEEK } from '../model/interval';

/**
 * `Region/City` or UTC. Short names are refused because PostgreSQL reads them first as abbreviations:
 * `CET` there is UTC+1 all year, while the zone of that name has daylight saving.
 */
const FORM = /^(?:[Uu][Tt][Cc]|[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)+)$/;

/** For editors, which know no list of zones. */
export const ZONE_PATTERN = FORM.source;

/** What a zone may be, for messages. */
export const ZONE_FORMS = 'an IANA time zone written as Region/City, such as America/New_York, or UTC';

function intlName(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/** The zone in its canonical spelling (`UTC` for all of its names), or null when there is none of that name. */
export function canonicalZone(name: string): string | null {
  const resolved = FORM.test(name) ? intlName(name) : null;
  if (resolved === null || resolved === 'UTC') return resolved;
  const lower = name.toLowerCase();
  const listed = Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase() === lower);
  if (listed !== undefined) return listed;
  // Later names (Asia/Kolkata) are missing from the list, which keeps the first one (Asia/Calcutta).
  const spelledLikeZones = name.split('/').every((part) => /^[A-Z]/.test(part)) && /[a-z]/.test(name);
  return spelledLikeZones ? name : lower.replace(/(^|[/_-])([a-z])/g, (letters) => letters.toUpperCase());
}

/** Whether two names mean one zone: Asia/Calcutta is Asia/Kolkata. */
export function sameZone(a: string, b: string): boolean {
  return a === b || intlName(a) === intlName(b);
}

const FIRST = Date.UTC(1970, 0, 1);
const LAST = Date.UTC(2040, 0, 1);
const known = new Map<string, readonly number[]>();

/**
 * Every offset from UTC that a zone had or will have from 1970 to 2040, in milliseconds, ascending.
 * Weekly samples: the shortest pause of daylight saving so far (Morocco, Ramadan) lasts about a month.
 */
export function zoneOffsets(name: string): readonly number[] {
  const cached = known.get(name);
  if (cached) return cached;
  const zone = IANAZone.create(name);
  const offsets = new Set<number>();
  for (let at = FIRST; at < LAST; at += WEEK) offsets.add(Math.round(zone.offset(at) * 60_000));
  const sorted = [...offsets].sort((a, b) => a - b);
  known.set(name, sorted);
  return sorted;
}

/** `+05:30`, `-00:44:30`. */
export function offsetText(offset: number): string {
  const seconds = Math.abs(offset) / 1000;
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[2] === 0 ? parts.slice(0, 2) : parts;
  return `${offset < 0 ? '-' : '+'}${shown.map((part) => String(part).padStart(2, '0')).join(':')}`;
}

/** The longest fixed grain, up to one day, that divides every offset of the zone. */
export function offsetGrain(name: string): number {
  const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));
  return zoneOffsets(name).reduce((grain, offset) => gcd(grain, Math.abs(offset)), WEEK / 7);
}
