-- What cannot be aggregated, so that everything else can. No reader needs it: a key that is set aside stays in the log of
-- dirty keys, and gold reads it from the source.
create table rollup.set_aside (
  id        bigint generated always as identity primary key,
  rollup    text not null references rollup.timeseries_rollup_config on update cascade on delete cascade,
  tier      smallint,
  bucket    timestamptz not null,
  key       text not null,
  log_row   tid,
  row_count bigint,
  sqlstate  text not null,
  reason    text not null,
  since     timestamptz not null default clock_timestamp(),
  retry_at  timestamptz
);
create index on rollup.set_aside (rollup);
comment on table rollup.set_aside is
  'Keys whose state a tier cannot hold or that cannot be computed, each with the reason, and late rows of sealed buckets that could not be added.';
comment on column rollup.set_aside.tier is
  'Ordinal of the tier that failed. Null: the log of late rows failed, so that no tier has the rows.';
comment on column rollup.set_aside.key is 'Bucket and dimensions, as a row of the log of dirty keys.';
comment on column rollup.set_aside.log_row is
  'Where the key stays in the log of dirty keys: readers go on reading it from the source. Null: late rows, which are not in the aggregates.';
comment on column rollup.set_aside.retry_at is 'Refreshes pass the key by until then, or until its source rows change.';
