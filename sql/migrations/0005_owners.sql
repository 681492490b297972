-- Whose a rollup is, who uses the engine, and what was made for which rollup. New tables only: a change of a table that gold
-- views read would make readers wait.
create table rollup.owner (
  rollup   text primary key references rollup.timeseries_rollup_config on update cascade on delete cascade,
  project  text not null,
  stack    text not null,
  resource text not null,
  since    timestamptz not null default clock_timestamp()
);
comment on table rollup.owner is
  'The Pulumi resource that a rollup was deployed by, and that alone changes or removes it. No row: retired, or deployed by '
    'something else than Pulumi.';

create table rollup.engine_user (
  project  text not null,
  stack    text not null,
  resource text not null,
  since    timestamptz not null default clock_timestamp(),
  primary key (project, stack, resource)
);
comment on table rollup.engine_user is
  'The Pulumi resources that want the engine here. Its jobs go with the last of them.';

-- Not bound to the configuration: where somebody deletes that, the tables are still Tidemark's.
create table rollup.made (
  kind   text not null,
  name   text not null,
  rollup text not null,
  primary key (kind, name)
);
comment on table rollup.made is
  'Everything that was made for a rollup, by kind and name as in rollup.generation_object, until it is dropped with the '
    'rollup. What has such a name and is not listed here is somebody else''s, and is never replaced.';
insert into rollup.made (kind, name, rollup) select o.kind, o.name, o.rollup from rollup.generation_object o
    on conflict do nothing;
