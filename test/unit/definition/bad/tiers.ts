import type { BadCase } from './base';

export const TIERS: readonly BadCase[] = [
  {
    title: 'no tiers',
    change: [
      [
        '  - every: 1 hour\n    retention: 90 days\n  - every: 1 day\n    timeZone: America/New_York\n',
        '  []\n',
      ],
    ],
    errors: [
      {
        line: 16,
        column: 3,
        path: 'tiers',
        message:
          'tiers is an empty list; it must be a list of at least one tier, such as [{ every: 1 hour }]',
      },
    ],
  },
  {
    title: 'an interval without unit',
    change: [['every: 1 hour', 'every: 60']],
    errors: [
      {
        line: 16,
        column: 12,
        path: 'tiers[0].every',
        message:
          'tiers[0].every is 60; it must be the length of one bucket, such as "1 hour": one whole number of milliseconds, seconds, minutes, hours, days, weeks, months or years up to 1000 years, such as "15 minutes", or an ISO 8601 duration such as PT15M',
      },
    ],
  },
  {
    title: 'an interval with an unknown unit',
    change: [['every: 1 hour', 'every: 1 fortnight']],
    errors: [
      {
        line: 16,
        column: 12,
        path: 'tiers[0].every',
        message:
          'tiers[0].every is "1 fortnight"; it must be the length of one bucket, such as "1 hour": one whole number of milliseconds, seconds, minutes, hours, days, weeks, months or years up to 1000 years, such as "15 minutes", or an ISO 8601 duration such as PT15M',
      },
    ],
  },
  {
    title: 'a mixed interval',
    change: [['every: 1 hour', 'every: P1M1D']],
    errors: [
      {
        line: 16,
        column: 12,
        path: 'tiers[0].every',
        message:
          'tiers[0].every is "P1M1D"; it must be the length of one bucket, such as "1 hour": one whole number of milliseconds, seconds, minutes, hours, days, weeks, months or years up to 1000 years, such as "15 minutes", or an ISO 8601 duration such as PT15M, where months and years are not mixed with shorter units',
      },
    ],
  },
  {
    title: 'an interval of nothing',
    change: [['every: 1 hour', 'every: 0 seconds']],
    errors: [
      {
        line: 16,
        column: 12,
        path: 'tiers[0].every',
        message: 'tiers[0].every is "0 seconds"; it must be the length of one bucket, such as "1 hour"',
      },
    ],
  },
  {
    title: 'a fraction',
    change: [['every: 1 hour', 'every: 1.5 hours']],
    errors: [
      {
        line: 16,
        column: 12,
        path: 'tiers[0].every',
        message:
          'tiers[0].every is "1.5 hours"; it must be the length of one bucket, such as "1 hour": one whole number of milliseconds, seconds, minutes, hours, days, weeks, months or years up to 1000 years, such as "15 minutes", or an ISO 8601 duration such as PT15M',
      },
    ],
  },
  {
    title: 'a fixed grain over a week',
    change: [['every: 1 hour', 'every: 15 days']],
    errors: [
      {
        line: 16,
        column: 12,
        path: 'tiers[0].every',
        message:
          'tiers[0].every is "15 days"; it must be at most 1 week, or 1, 2, 3, 4 or 6 months, or 1 year',
      },
    ],
  },
  {
    title: 'months that do not divide a year',
    change: [['every: 1 day', 'every: 5 months']],
    errors: [
      {
        line: 18,
        column: 12,
        path: 'tiers[1].every',
        message:
          'tiers[1].every is "5 months"; it must be 1, 2, 3, 4 or 6 months or 1 year, which divide a year',
      },
    ],
  },
  {
    title: 'two years',
    change: [['every: 1 day\n    timeZone: America/New_York', 'every: 2 years']],
    errors: [
      {
        line: 18,
        column: 12,
        path: 'tiers[1].every',
        message:
          'tiers[1].every is "2 years"; it must be 1, 2, 3, 4 or 6 months or 1 year, which divide a year',
      },
    ],
  },
  {
    title: 'not a multiple',
    change: [['every: 1 day\n    timeZone: America/New_York', 'every: 90 minutes']],
    errors: [
      {
        line: 18,
        column: 12,
        path: 'tiers[1].every',
        message:
          'tiers[1].every is "90 minutes", which is not a multiple of the 1 hour of the tier before it; it must be one, such as "2 hours"',
      },
    ],
  },
  {
    title: 'coarse before fine',
    change: [['every: 1 day\n    timeZone: America/New_York', 'every: 30 minutes']],
    errors: [
      {
        line: 18,
        column: 12,
        path: 'tiers[1].every',
        message:
          'tiers[1].every is "30 minutes", which is shorter than the 1 hour of the tier before it; tiers must go from fine to coarse',
      },
    ],
  },
  {
    title: 'two tiers of one length',
    change: [['every: 1 day\n    timeZone: America/New_York', 'every: 60 minutes']],
    errors: [
      {
        line: 18,
        column: 12,
        path: 'tiers[1].every',
        message:
          'tiers[1].every is "60 minutes", which is also the length of tiers[0]; each tier must have a length of its own',
      },
    ],
  },
  {
    title: 'weeks into a month',
    change: [
      [
        'every: 1 hour\n    retention: 90 days\n  - every: 1 day\n    timeZone: America/New_York',
        'every: 1 week\n  - every: 1 month',
      ],
    ],
    errors: [
      {
        line: 17,
        column: 12,
        path: 'tiers[1].every',
        message:
          'tiers[1].every is "1 month", which is not made of whole weeks, the length of the tier before it; use 1 day there',
      },
    ],
  },
  {
    title: 'a month of no whole lengths',
    change: [
      [
        'every: 1 hour\n    retention: 90 days\n  - every: 1 day\n    timeZone: America/New_York',
        'every: 7 hours\n  - every: 1 month',
      ],
    ],
    errors: [
      {
        line: 17,
        column: 12,
        path: 'tiers[1].every',
        message:
          'tiers[1].every is "1 month", whose days are not a multiple of the 7 hours of the tier before it; use a length there that divides 1 day',
      },
    ],
  },
  {
    title: 'an unknown time zone',
    change: [['America/New_York', 'America/New_Yrok']],
    errors: [
      {
        line: 19,
        column: 15,
        path: 'tiers[1].timeZone',
        message:
          'tiers[1].timeZone is "America/New_Yrok"; it must be an IANA time zone written as Region/City, such as America/New_York, or UTC',
      },
    ],
  },
  {
    title: 'an abbreviation as time zone',
    change: [['America/New_York', 'CET']],
    errors: [
      {
        line: 19,
        column: 15,
        path: 'tiers[1].timeZone',
        message:
          'tiers[1].timeZone is "CET"; it must be an IANA time zone written as Region/City, such as America/New_York, or UTC',
      },
    ],
  },
  {
    title: 'an offset as time zone',
    change: [['America/New_York', '"+05:30"']],
    errors: [
      {
        line: 19,
        column: 15,
        path: 'tiers[1].timeZone',
        message:
          'tiers[1].timeZone is "+05:30"; it must be an IANA time zone written as Region/City, such as America/New_York, or UTC',
      },
    ],
  },
  {
    title: 'a time zone on a fixed grain',
    change: [['every: 1 hour\n', 'every: 1 hour\n    timeZone: America/New_York\n']],
    errors: [
      {
        line: 17,
        column: 15,
        path: 'tiers[0].timeZone',
        message:
          'tiers[0].timeZone is "America/New_York"; it must be left out, because buckets of 1 hour have a fixed length, and only 1 day, 1 week, months and years follow a zone',
      },
    ],
  },
  {
    title: 'an offset that cuts hours',
    change: [['America/New_York', 'Asia/Kolkata']],
    errors: [
      {
        line: 19,
        column: 15,
        path: 'tiers[1].timeZone',
        message:
          'tiers[1].timeZone is "Asia/Kolkata", whose offset +05:30 is not a multiple of the 1 hour of the tier before it; use 30 minutes or a divisor of it there',
      },
    ],
  },
  {
    title: 'two zones',
    change: [
      [
        'every: 1 hour\n    retention: 90 days\n  - every: 1 day\n    timeZone: America/New_York',
        'every: 1 day\n    timeZone: Europe/Berlin\n  - every: 1 week\n    timeZone: Europe/Paris',
      ],
    ],
    errors: [
      {
        line: 19,
        column: 15,
        path: 'tiers[1].timeZone',
        message:
          'tiers[1].timeZone is "Europe/Paris", so 1 week is counted in Europe/Paris, but the 1 day of the tier before it is counted in Europe/Berlin; both must be in one zone',
      },
    ],
  },
  {
    title: 'a zone and none',
    change: [
      [
        'every: 1 hour\n    retention: 90 days\n  - every: 1 day\n    timeZone: America/New_York',
        'every: 1 day\n    timeZone: Europe/Berlin\n  - every: 1 month',
      ],
    ],
    errors: [
      {
        line: 18,
        column: 5,
        path: 'tiers[1].timeZone',
        message:
          'tiers[1].timeZone is missing, so 1 month is counted in UTC, but the 1 day of the tier before it is counted in Europe/Berlin; both must be in one zone',
      },
    ],
  },
  {
    title: 'a fixed length over calendar days',
    change: [
      [
        'every: 1 hour\n    retention: 90 days\n  - every: 1 day\n    timeZone: America/New_York',
        'every: 1 day\n    timeZone: Europe/Berlin\n  - every: 2 days',
      ],
    ],
    errors: [
      {
        line: 18,
        column: 12,
        path: 'tiers[1].every',
        message:
          'tiers[1].every is "2 days", a fixed length counted in UTC, but the 1 day of the tier before it is counted in Europe/Berlin; use 1 week, months or 1 year in that zone',
      },
    ],
  },
  {
    title: 'a retention shorter than its bucket',
    change: [['retention: 90 days', 'retention: 1 hour']],
    errors: [
      {
        line: 17,
        column: 16,
        path: 'tiers[0].retention',
        message: 'tiers[0].retention is "1 hour"; it must be longer than the 1 hour of one bucket',
      },
    ],
  },
  {
    title: 'a retention shorter than the next tier needs',
    change: [
      ['retention: 90 days', 'retention: 26 hours'],
      ['retention: 2 years }', 'retention: 48 hours }'],
      ['every: 1 month', 'every: 1 day'],
      ['lag: 1 minute', 'lag: 24 hours'],
    ],
    errors: [
      {
        line: 17,
        column: 16,
        path: 'tiers[0].retention',
        message:
          'tiers[0].retention is "26 hours"; it must be at least 2 days 1 hour, which tiers[1] needs for its open bucket (1 day, one more of 1 hour, and the lag of 1 day)',
      },
    ],
  },
  {
    title: 'a retention that is a number',
    change: [['retention: 90 days', 'retention: 90']],
    errors: [
      {
        line: 17,
        column: 16,
        path: 'tiers[0].retention',
        message:
          'tiers[0].retention is 90; it must be forever or an interval, such as "90 days": one whole number of milliseconds, seconds, minutes, hours, days, weeks, months or years up to 1000 years, such as "15 minutes", or an ISO 8601 duration such as PT15M',
      },
    ],
  },
  {
    title: 'six cron fields',
    change: [['*/5 * * * *', '0 */5 * * * *']],
    errors: [
      {
        line: 20,
        column: 22,
        path: 'refresh.schedule',
        message:
          'refresh.schedule is "0 */5 * * * *"; it must be five cron fields (minute, hour, day of month, month, day of week) that match at least one date, such as "*/5 * * * *", or 1 to 59 seconds, such as "30 seconds"',
      },
    ],
  },
  {
    title: 'a cron nickname',
    change: [['*/5 * * * *', '@daily']],
    errors: [
      {
        line: 20,
        column: 22,
        path: 'refresh.schedule',
        message:
          'refresh.schedule is "@daily"; it must be five cron fields (minute, hour, day of month, month, day of week) that match at least one date, such as "*/5 * * * *", or 1 to 59 seconds, such as "30 seconds"',
      },
    ],
  },
  {
    title: 'a cron value out of range',
    change: [['*/5 * * * *', '60 * * * *']],
    errors: [
      {
        line: 20,
        column: 22,
        path: 'refresh.schedule',
        message:
          'refresh.schedule is "60 * * * *"; it must be five cron fields (minute, hour, day of month, month, day of week) that match at least one date, such as "*/5 * * * *", or 1 to 59 seconds, such as "30 seconds"',
      },
    ],
  },
  {
    title: 'a schedule that never comes',
    change: [['*/5 * * * *', '0 0 31 2 *']],
    errors: [
      {
        line: 20,
        column: 22,
        path: 'refresh.schedule',
        message:
          'refresh.schedule is "0 0 31 2 *"; it must be five cron fields (minute, hour, day of month, month, day of week) that match at least one date, such as "*/5 * * * *", or 1 to 59 seconds, such as "30 seconds"',
      },
    ],
  },
  {
    title: 'too many seconds',
    change: [['*/5 * * * *', '60 seconds']],
    errors: [
      {
        line: 20,
        column: 22,
        path: 'refresh.schedule',
        message:
          'refresh.schedule is "60 seconds"; it must be five cron fields (minute, hour, day of month, month, day of week) that match at least one date, such as "*/5 * * * *", or 1 to 59 seconds, such as "30 seconds"',
      },
    ],
  },
  {
    title: 'a lag over a day',
    change: [['lag: 1 minute', 'lag: 25 hours']],
    errors: [
      {
        line: 20,
        column: 42,
        path: 'refresh.lag',
        message: 'refresh.lag is "25 hours"; it must be from "0 seconds" to "1 day"',
      },
    ],
  },
  {
    title: 'an unknown onDelete',
    change: [['onDelete: retain', 'onDelete: keep']],
    errors: [
      { line: 21, column: 11, path: 'onDelete', message: 'onDelete is "keep"; it must be retain or drop' },
    ],
  },
];
