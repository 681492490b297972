-- What the names of a source meant when a rollup was deployed. A table of its own: gold views read it, and a new column of
-- a table that they read already would make readers wait.
create table rollup.source_shape (
  rollup      text primary key references rollup.timeseries_rollup_config on update cascade on delete cascade,
  names       text[] not null,
  attnums     smallint[] not null,
  types       text[] not null,
  expressions text[] not null,
  triggers    text[] not null,
  trigger_types smallint[] not null,
  capture_oid oid not null,
  recorded_at timestamptz not null default clock_timestamp(),
  check (cardinality(names) = cardinality(attnums) and cardinality(names) = cardinality(types)
    and cardinality(names) = cardinality(expressions))
);
comment on table rollup.source_shape is
  'Which columns of a source a rollup''s coverage was aggregated from, and its capture triggers. No row: deployed by a '
  'release that recorded none; nothing is compared then.';
comment on column rollup.source_shape.names is 'The columns that the definition names: time, dimensions, measures.';
comment on column rollup.source_shape.attnums is 'Their numbers in pg_attribute, in the same order.';
comment on column rollup.source_shape.types is 'Their types as format_type writes them, in the same order.';
comment on column rollup.source_shape.expressions is 'Of generated columns the expression, otherwise null, in the same order.';
comment on column rollup.source_shape.triggers is 'Capture triggers of the source and its partitions; each is enabled ALWAYS.';
comment on column rollup.source_shape.trigger_types is 'Their pg_trigger.tgtype, in the same order.';
comment on column rollup.source_shape.capture_oid is 'The function that they call.';

