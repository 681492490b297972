-- What belongs to a rollup is stored here, and read from here; nothing computes a name from the rollup's name any more. New
-- tables only: a change of a table that gold views read would make readers wait.
create table rollup.generation (
  rollup         text not null references rollup.timeseries_rollup_config on update cascade on delete cascade,
  generation     integer not null check (generation > 0),
  live           boolean not null,
  contract       integer not null check (contract > 0),
  source_columns jsonb,
  created_at     timestamptz not null default clock_timestamp(),
  primary key (rollup, generation)
);
create unique index on rollup.generation (rollup) where live;
comment on table rollup.generation is
  'The sets of tables that a rollup has. One is live: gold reads it, refreshes fill it.';
comment on column rollup.generation.contract is
  'Version of the stored definition and statements. The engine executes those of rollup.contract_version() only.';
comment on column rollup.generation.source_columns is
  'The source''s columns as they were when the statements were compiled: name to type and collation. Null: not recorded.';

create table rollup.generation_object (
  rollup     text not null,
  generation integer not null,
  kind       text not null check (kind in ('state', 'view', 'dirty', 'late', 'capture', 'trigger', 'job')),
  part       text not null default '',
  name       text not null,
  primary key (rollup, generation, kind, part),
  foreign key (rollup, generation) references rollup.generation on update cascade on delete cascade
);
comment on table rollup.generation_object is
  'What belongs to a generation, by kind and part: state tables and views by tier, the two logs, the capture function, its triggers by event, the job.';
comment on column rollup.generation_object.part is
  'The tier''s suffix of a state table or view, the event of a trigger, otherwise empty.';
comment on column rollup.generation_object.name is
  'Of tables, views and functions schema and name, both quoted; of triggers and jobs the bare name.';

-- Rollups of the first version: the names that it computed.
insert into rollup.generation (rollup, generation, live, contract)
select c.name, 1, true, 1 from rollup.timeseries_rollup_config c;
insert into rollup.generation_object (rollup, generation, kind, part, name)
select t.rollup, 1, o.kind, t.suffix, format('%s."%s"', o.schema, t.rollup || '_' || t.suffix)
  from rollup.timeseries_tier t cross join (values ('state', 'silver'), ('view', 'gold')) o(kind, schema)
union all
select c.name, 1, o.kind, '', format('rollup."%s"', o.prefix || c.name)
  from rollup.timeseries_rollup_config c
 cross join (values ('dirty', 'dirty_'), ('late', 'late_'), ('capture', 'capture_')) o(kind, prefix)
union all
select c.name, 1, 'trigger', o.event, o.prefix || c.name
  from rollup.timeseries_rollup_config c
 cross join (values
    ('insert', 'rollup_i_', true), ('truncate', 'rollup_t_', true),
    ('update', 'rollup_u_', false), ('delete', 'rollup_d_', false), ('move', 'rollup_m_', false)) o(event, prefix, always)
 where o.always or c.capture = 'statements'
union all
select c.name, 1, 'job', '', 'tidemark:' || c.name from rollup.timeseries_rollup_config c;

-- One row for each object of the engine: what it is called, and its text as it was installed. Null in rows of the first
-- version, whose files held several objects.
alter table rollup.object add column identity text, add column text_md5 text;
comment on column rollup.object.identity is 'The object that the file makes: rollup.name, with the types of its arguments where it is a function.';
comment on column rollup.object.text_md5 is 'MD5 of the object''s text as the server held it when it was installed; another one now means: replaced by hand.';
