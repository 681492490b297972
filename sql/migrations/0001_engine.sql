-- Engine tables. Append-only: a later change is a later file. `rollup.migration` and `rollup.object` are made by the
-- installer (infra/db/migrate.ts) before this runs.
create schema if not exists raw;
create schema if not exists silver;
create schema if not exists gold;
revoke all on schema rollup, silver, gold from public;

create table rollup.timeseries_rollup_config (
  name                text primary key check (name ~ '^[a-z][a-z0-9_]*$'),
  source_table        text not null,
  source_oid          oid not null,
  time_column         text not null,
  capture             text not null check (capture in ('statements', 'rows')),
  schedule            text not null,
  lag                 interval not null check (lag >= '0'),
  on_delete           text not null check (on_delete in ('retain', 'drop')),
  definition          jsonb not null,
  definition_checksum text not null,
  statements          jsonb not null,
  objects             jsonb not null default '{}',
  sealed              tstzmultirange not null default '{}',
  batch_span          interval not null default '1 day',
  enabled             boolean not null default true,
  attempt             integer not null default 0,
  next_attempt_at     timestamptz,
  last_success_at     timestamptz,
  horizon             timestamptz,
  source_floor        timestamptz,
  installed_at        timestamptz not null default clock_timestamp(),
  updated_at          timestamptz not null default clock_timestamp()
) with (fillfactor = 50, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_scale_factor = 0);
comment on table rollup.timeseries_rollup_config is
  'One row a rollup: its normalized definition, the SQL compiled from it, and the state of its refreshes. Owned by the deployment; change the definition file instead of a row.';
comment on column rollup.timeseries_rollup_config.sealed is
  'Ranges, half-open, whose source rows are gone (retention, or a partition dropped by hand). Their aggregates are kept, never recomputed.';
comment on column rollup.timeseries_rollup_config.objects is
  'MD5 of the text of each view and function as installed, to tell when somebody replaced one by hand.';
comment on column rollup.timeseries_rollup_config.enabled is
  'false: retired (its definition was deleted with onDelete: retain). Silver keeps its rows, gold reads the source.';
comment on column rollup.timeseries_rollup_config.batch_span is
  'Length of the next backfill batch; doubles or halves so that a batch takes a few seconds.';
comment on column rollup.timeseries_rollup_config.horizon is
  'The last horizon: every row of a bucket that ended before it is either materialized or listed as dirty.';

create table rollup.timeseries_tier (
  rollup        text not null references rollup.timeseries_rollup_config on update cascade on delete cascade,
  ordinal       smallint not null check (ordinal >= 0),
  suffix        text not null,
  every         interval not null check (every > '0'),
  time_zone     text,
  retention     interval check (retention > '0'),
  retained_from timestamptz not null default '-infinity',
  coverage      tstzmultirange not null default '{}',
  statements    jsonb not null,
  primary key (rollup, ordinal),
  unique (rollup, suffix)
) with (fillfactor = 50, autovacuum_vacuum_threshold = 100, autovacuum_vacuum_scale_factor = 0);
comment on table rollup.timeseries_tier is 'The tiers of each rollup, finest first (ordinal 0).';
comment on column rollup.timeseries_tier.coverage is
  'What is materialized in silver, as half-open ranges that start and end on bucket boundaries of this tier. Readers consult it in their own snapshot.';
comment on column rollup.timeseries_tier.retained_from is
  'The tier shows and keeps buckets from here on: now less its retention, rounded down to a bucket of the tier above.';

create table rollup.timeseries_dimension_config (
  rollup      text not null references rollup.timeseries_rollup_config on update cascade on delete cascade,
  ordinal     smallint not null,
  column_name text not null,
  data_type   text not null,
  primary key (rollup, ordinal),
  unique (rollup, column_name)
);
comment on table rollup.timeseries_dimension_config is 'The dimension columns of each rollup, in key order.';

create table rollup.timeseries_refresh_log (
  id               bigint generated always as identity primary key,
  rollup           text not null,
  kind             text not null check (kind in ('refresh', 'backfill')),
  started_at       timestamptz not null,
  finished_at      timestamptz not null,
  range            tstzrange,
  dirty_keys       bigint not null,
  rows_written     bigint not null,
  rows_removed     bigint not null,
  late_rows_merged bigint not null default 0
);
comment on table rollup.timeseries_refresh_log is
  'One row for each committed batch that changed something: the source range it materialized, dirty keys it recomputed, silver rows it really wrote and removed.';
create index on rollup.timeseries_refresh_log (rollup, finished_at);

create table rollup.timeseries_error_log (
  id              bigint generated always as identity primary key,
  rollup          text not null,
  occurred_at     timestamptz not null default clock_timestamp(),
  sqlstate        text not null,
  message         text not null,
  detail          text,
  hint            text,
  context         text,
  attempt         integer not null,
  next_attempt_at timestamptz,
  explanation     text not null
);
comment on table rollup.timeseries_error_log is
  'One row for each failed attempt or anomaly: what PostgreSQL said, which attempt it was, when the next one is due and why then.';
create index on rollup.timeseries_error_log (rollup, occurred_at);

create table rollup.tick (
  at  timestamptz not null,
  xid xid8 not null primary key
) with (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
create index on rollup.tick (at);
comment on table rollup.tick is
  'Clock readings, each with a transaction id taken after it: every transaction that wrote before `at` holds a smaller id.';

create table rollup.dirty_range (
  rollup text not null,
  range  tstzrange not null
);
comment on table rollup.dirty_range is
  'Source ranges whose aggregates can no longer be trusted as a whole (TRUNCATE). Readers read them from the source until a refresh takes them out of coverage.';

create table rollup.source_leaf (
  rollup text not null references rollup.timeseries_rollup_config on update cascade on delete cascade,
  relid  oid not null,
  range  tstzrange not null,
  primary key (rollup, relid)
);
comment on table rollup.source_leaf is
  'The source''s partitions that carry this rollup''s capture triggers. A partition not listed here is read from the source.';

create table rollup.sealed_change (
  id          bigint generated always as identity primary key,
  rollup      text not null,
  occurred_at timestamptz not null default clock_timestamp(),
  operation   text not null check (operation in ('update', 'delete', 'insert')),
  row_count   bigint not null,
  range       tstzrange not null
);
comment on table rollup.sealed_change is
  'Changes to sealed buckets that cannot be merged (updates, deletes): counted and reported by the operations monitor, never silently lost.';
