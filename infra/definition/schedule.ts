/** Schedules as pg_cron reads them: five cron fields, or `N seconds`. */
import { Cron } from 'croner';

/** What a schedule may be, for messages. */
export const SCHEDULE_FORMS =
  'five cron fields (minute, hour, day of month, month, day of week) that match at least one date, ' +
  'such as "*/5 * * * *", or 1 to 59 seconds, such as "30 seconds"';

const SECONDS = /^([1-9]|[1-5][0-9])\s*seconds?$/i;

/** Only what pg_cron's own parser knows: croner also takes `L`, `#`, `?`, `5/10` and `@daily`. */
const ITEM = '(?:(?:\\*|(?:\\d{1,2}|[a-z]{3})-(?:\\d{1,2}|[a-z]{3}))(?:/\\d{1,2})?|\\d{1,2}|[a-z]{3})';
const FIELD = new RegExp(`^${ITEM}(?:,${ITEM})*$`, 'i');

/** For editors, which cannot know whether a date ever matches. Without flags, as JSON Schema has none. */
export const SCHEDULE_PATTERN = (() => {
  const item = ITEM.replaceAll('[a-z]', '[A-Za-z]');
  const field = `${item}(?:,${item})*`;
  return `^\\s*(?:${field}(?:\\s+${field}){4}|(?:[1-9]|[1-5][0-9])\\s*[Ss][Ee][Cc][Oo][Nn][Dd][Ss]?)\\s*$`;
})();

/** The schedule with single spaces, or null when pg_cron would refuse it or it never comes true. */
export function readSchedule(text: string): string | null {
  const seconds = SECONDS.exec(text.trim());
  if (seconds) return `${seconds[1]} seconds`;
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 || !fields.every((field) => FIELD.test(field))) return null;
  try {
    const schedule = fields.join(' ');
    return new Cron(schedule, { paused: true, timezone: 'UTC' }).nextRun() ? schedule : null;
  } catch {
    return null;
  }
}
