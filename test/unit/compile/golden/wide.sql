create table rollup."dirty_meters" (
  bucket timestamptz not null,
  "site" integer,
  "Phase ""n""" text collate pg_catalog."de_DE"
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1000);

create table rollup."late_meters" (
  bucket timestamptz not null,
  "site" integer,
  "Phase ""n""" text collate pg_catalog."de_DE",
  "__rows" bigint,
  "kwh__n" bigint,
  "kwh__sum" numeric,
  "kwh__min" numeric(12,3),
  "kwh__max" numeric(12,3),
  "kwh__squares" numeric,
  "kwh__first" numeric[],
  "kwh__last" numeric[],
  "watts__sum" double precision,
  "watts__n" bigint,
  "watts__moments" double precision[],
  "pulses__sum" numeric,
  "pulses__n" bigint,
  "pulses__squares" numeric,
  "pulses__last" numeric[],
  "ok__bool_and" boolean,
  "ok__bool_or" boolean,
  "ok__last" double precision[],
  "note__min" text,
  "note__max" text,
  "note__first" text[] collate "C",
  "note__last" text[] collate "C",
  row_count bigint not null
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1000);

create or replace function rollup."capture_meters"()
returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $capture$
<<capture>>
declare
  -- A bucket has ended if it lies before the one that is open now. Read after the writer's transaction id was assigned.
  v_open   timestamptz := date_bin(interval '900 seconds', clock_timestamp(), timestamptz '2000-01-03 00:00:00+00');
  v_sealed tstzmultirange;
  v_key    record;
  v_state  text;
  v_reason text;
begin
  if tg_op = 'TRUNCATE' then
    insert into rollup.dirty_range (rollup, range)
    select
      'meters',
      rollup.partition_range(pg_get_expr(relpartbound, oid))
    from pg_class
    where oid = tg_relid
      and (relispartition or oid = (
        select source_oid from rollup.timeseries_rollup_config where name = 'meters'))
    union all
    -- A partition that was detached just now, and may be back before the next refresh.
    select
      'meters',
      k.range
    from rollup.source_leaf k
    where k.rollup = 'meters'
      and k.relid = tg_relid
      and not exists (select from pg_class where oid = tg_relid and relispartition);
    return null;
  end if;
  begin
    if tg_level = 'ROW' then
      -- Nothing may have been written yet: first the transaction id, then the clock.
      perform pg_current_xact_id();
      capture.v_open := date_bin(interval '900 seconds', clock_timestamp(), timestamptz '2000-01-03 00:00:00+00');
      select sealed into capture.v_sealed from rollup.timeseries_rollup_config where name = 'meters';
      if old."Read At" < capture.v_open and not coalesce(old."Read At" <@ capture.v_sealed, false) then
        insert into rollup."dirty_meters"
        select
          date_bin(interval '900 seconds', old."Read At", timestamptz '2000-01-03 00:00:00+00'),
          old."site",
          old."Phase ""n""";
      end if;
      if new."Read At" < capture.v_open and not coalesce(new."Read At" <@ capture.v_sealed, false) then
        insert into rollup."dirty_meters"
        select
          date_bin(interval '900 seconds', new."Read At", timestamptz '2000-01-03 00:00:00+00'),
          new."site",
          new."Phase ""n""";
      end if;
      return new;
    end if;
    if tg_op = 'INSERT' then
      perform from new_rows s where s."Read At" < capture.v_open limit 1;
      if not found then return null; end if;
      select sealed into capture.v_sealed from rollup.timeseries_rollup_config where name = 'meters';
      insert into rollup."dirty_meters"
      select distinct
        date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00'),
        s."site",
        s."Phase ""n"""
      from new_rows s
      where s."Read At" < capture.v_open
        and not coalesce(s."Read At" <@ capture.v_sealed, false);
      if not isempty(capture.v_sealed) then
        begin
          insert into rollup."late_meters"
          select
            date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00'),
            s."site",
            s."Phase ""n""",
            count(*) as "__rows",
            count(s."kwh") as "kwh__n",
            sum(s."kwh") as "kwh__sum",
            min(s."kwh") as "kwh__min",
            max(s."kwh") as "kwh__max",
            sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
            min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
            max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
            sum(s."watts"::double precision) as "watts__sum",
            count(s."watts") as "watts__n",
            rollup.moments(s."watts") as "watts__moments",
            sum(s."pulses") as "pulses__sum",
            count(s."pulses") as "pulses__n",
            sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
            max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
            bool_and(s."ok") as "ok__bool_and",
            bool_or(s."ok") as "ok__bool_or",
            max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
            min(s."note") as "note__min",
            max(s."note") as "note__max",
            min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
            max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last",
            count(*)
          from new_rows s
          where s."Read At" <@ capture.v_sealed
          group by 1, 2, 3;
        exception when data_exception or program_limit_exceeded then
          for v_key in
            select distinct
              date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') as bucket,
              s."site",
              s."Phase ""n"""
            from new_rows s
            where s."Read At" <@ capture.v_sealed
          loop
            begin
              insert into rollup."late_meters"
              select
                date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00'),
                s."site",
                s."Phase ""n""",
                count(*) as "__rows",
                count(s."kwh") as "kwh__n",
                sum(s."kwh") as "kwh__sum",
                min(s."kwh") as "kwh__min",
                max(s."kwh") as "kwh__max",
                sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
                min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
                max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
                sum(s."watts"::double precision) as "watts__sum",
                count(s."watts") as "watts__n",
                rollup.moments(s."watts") as "watts__moments",
                sum(s."pulses") as "pulses__sum",
                count(s."pulses") as "pulses__n",
                sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
                max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
                bool_and(s."ok") as "ok__bool_and",
                bool_or(s."ok") as "ok__bool_or",
                max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
                min(s."note") as "note__min",
                max(s."note") as "note__max",
                min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
                max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last",
                count(*)
              from new_rows s
              where s."Read At" <@ capture.v_sealed
                and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = capture.v_key.bucket
                and coalesce(capture.v_key."site", 0::integer) = coalesce(s."site", 0::integer)
                and (capture.v_key."site" is null) = (s."site" is null)
                and coalesce(capture.v_key."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
                and (capture.v_key."Phase ""n""" is null) = (s."Phase ""n""" is null)
              group by 1, 2, 3;
            exception when data_exception or program_limit_exceeded then
              get stacked diagnostics v_state = returned_sqlstate, v_reason = message_text;
              perform rollup.set_late_aside('meters', null, capture.v_key.bucket, capture.v_key::text, (
                select count(*)
                from new_rows s
                where s."Read At" <@ capture.v_sealed
                  and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = capture.v_key.bucket
                  and coalesce(capture.v_key."site", 0::integer) = coalesce(s."site", 0::integer)
                  and (capture.v_key."site" is null) = (s."site" is null)
                  and coalesce(capture.v_key."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
                  and (capture.v_key."Phase ""n""" is null) = (s."Phase ""n""" is null)
              ),
                capture.v_state, capture.v_reason);
            end;
          end loop;
        end;
      end if;
    elsif tg_op = 'DELETE' then
      select sealed into capture.v_sealed from rollup.timeseries_rollup_config where name = 'meters';
      insert into rollup."dirty_meters"
      select distinct
        date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00'),
        s."site",
        s."Phase ""n"""
      from old_rows s
      where s."Read At" < capture.v_open
        and not coalesce(s."Read At" <@ capture.v_sealed, false);
      insert into rollup.sealed_change (rollup, operation, row_count, range)
      select
        'meters',
        'delete',
        count(*),
        tstzrange(min(s."Read At"), max(s."Read At"), '[]')
      from old_rows s
      where s."Read At" <@ capture.v_sealed
      having count(*) > 0;
    else
      select sealed into capture.v_sealed from rollup.timeseries_rollup_config where name = 'meters';
      insert into rollup."dirty_meters"
      select distinct
        date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00'),
        s."site",
        s."Phase ""n"""
      from old_rows s
      where s."Read At" < capture.v_open
        and not coalesce(s."Read At" <@ capture.v_sealed, false);
      insert into rollup."dirty_meters"
      select distinct
        date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00'),
        s."site",
        s."Phase ""n"""
      from new_rows s
      where s."Read At" < capture.v_open
        and not coalesce(s."Read At" <@ capture.v_sealed, false);
      insert into rollup.sealed_change (rollup, operation, row_count, range)
      select
        'meters',
        'update',
        count(*),
        tstzrange(min(s."Read At"), max(s."Read At"), '[]')
      from old_rows s
      where s."Read At" <@ capture.v_sealed
      having count(*) > 0;
      -- Rows that an update moved there are additions.
      if not found then
        if not isempty(capture.v_sealed) then
          begin
            insert into rollup."late_meters"
            select
              date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00'),
              s."site",
              s."Phase ""n""",
              count(*) as "__rows",
              count(s."kwh") as "kwh__n",
              sum(s."kwh") as "kwh__sum",
              min(s."kwh") as "kwh__min",
              max(s."kwh") as "kwh__max",
              sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
              min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
              max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
              sum(s."watts"::double precision) as "watts__sum",
              count(s."watts") as "watts__n",
              rollup.moments(s."watts") as "watts__moments",
              sum(s."pulses") as "pulses__sum",
              count(s."pulses") as "pulses__n",
              sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
              max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
              bool_and(s."ok") as "ok__bool_and",
              bool_or(s."ok") as "ok__bool_or",
              max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
              min(s."note") as "note__min",
              max(s."note") as "note__max",
              min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
              max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last",
              count(*)
            from new_rows s
            where s."Read At" <@ capture.v_sealed
            group by 1, 2, 3;
          exception when data_exception or program_limit_exceeded then
            for v_key in
              select distinct
                date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') as bucket,
                s."site",
                s."Phase ""n"""
              from new_rows s
              where s."Read At" <@ capture.v_sealed
            loop
              begin
                insert into rollup."late_meters"
                select
                  date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00'),
                  s."site",
                  s."Phase ""n""",
                  count(*) as "__rows",
                  count(s."kwh") as "kwh__n",
                  sum(s."kwh") as "kwh__sum",
                  min(s."kwh") as "kwh__min",
                  max(s."kwh") as "kwh__max",
                  sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
                  min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
                  max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
                  sum(s."watts"::double precision) as "watts__sum",
                  count(s."watts") as "watts__n",
                  rollup.moments(s."watts") as "watts__moments",
                  sum(s."pulses") as "pulses__sum",
                  count(s."pulses") as "pulses__n",
                  sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
                  max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
                  bool_and(s."ok") as "ok__bool_and",
                  bool_or(s."ok") as "ok__bool_or",
                  max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
                  min(s."note") as "note__min",
                  max(s."note") as "note__max",
                  min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
                  max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last",
                  count(*)
                from new_rows s
                where s."Read At" <@ capture.v_sealed
                  and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = capture.v_key.bucket
                  and coalesce(capture.v_key."site", 0::integer) = coalesce(s."site", 0::integer)
                  and (capture.v_key."site" is null) = (s."site" is null)
                  and coalesce(capture.v_key."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
                  and (capture.v_key."Phase ""n""" is null) = (s."Phase ""n""" is null)
                group by 1, 2, 3;
              exception when data_exception or program_limit_exceeded then
                get stacked diagnostics v_state = returned_sqlstate, v_reason = message_text;
                perform rollup.set_late_aside('meters', null, capture.v_key.bucket, capture.v_key::text, (
                  select count(*)
                  from new_rows s
                  where s."Read At" <@ capture.v_sealed
                    and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = capture.v_key.bucket
                    and coalesce(capture.v_key."site", 0::integer) = coalesce(s."site", 0::integer)
                    and (capture.v_key."site" is null) = (s."site" is null)
                    and coalesce(capture.v_key."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
                    and (capture.v_key."Phase ""n""" is null) = (s."Phase ""n""" is null)
                ),
                  capture.v_state, capture.v_reason);
              end;
            end loop;
          end;
        end if;
      end if;
    end if;
  exception when undefined_column then
    -- A column was renamed. The write goes on; readers go to the source for everything, once until a refresh takes this up.
    insert into rollup.dirty_range (rollup, range)
    select 'meters', '(,)'
    where not exists (
      select from rollup.dirty_range where rollup = 'meters' and range = '(,)');
  end;
  if tg_when = 'BEFORE' then
    return new;
  end if;
  return null;
end capture $capture$;
revoke all on function rollup."capture_meters"() from public;

-- statement consumeDirty
with
consumed as (
  delete from rollup."dirty_meters"
  where ctid = any (array(
    select l.ctid from rollup."dirty_meters" l
    where not exists (
      select from rollup.set_aside a
      where a.rollup = 'meters'
        and a.log_row = l.ctid
        and a.retry_at > now()
    )
    limit $1
  ))
  returning *
),
keys as (
  select distinct * from consumed
)
select
  (select count(*) from consumed) as total,
  coalesce(array_agg((keys.*)::text), '{}') as keys,
  min(bucket) as first,
  max(bucket) as last,
  count(*) filter (where bucket <@ $2) as sealed
from keys;

-- statement consumeLate
with
consumed as (
  delete from rollup."late_meters"
  where ctid = any (array(
    select l.ctid from rollup."late_meters" l
    limit $1
  ))
  returning *
)
select
  coalesce(array_agg((consumed.*)::text), '{}') as rows,
  coalesce(sum(row_count), 0)::bigint as total
from consumed;

-- statement sourceFloor
select min(s."Read At") from "raw"."Meter ""x"" Readings" s where s."Read At" >= $1 and s."Read At" > '-infinity';

-- statement sourceBefore
select max(s."Read At") from "raw"."Meter ""x"" Readings" s where s."Read At" < $1 and s."Read At" >= $2;

-- tier 15m, partitions every 1 day

create table silver."meters_15m" (
  bucket timestamptz not null,
  "site" integer,
  "Phase ""n""" text collate pg_catalog."de_DE",
  "__rows" bigint,
  "kwh__n" bigint,
  "kwh__sum" numeric,
  "kwh__min" numeric(12,3),
  "kwh__max" numeric(12,3),
  "kwh__squares" numeric,
  "kwh__first" numeric[],
  "kwh__last" numeric[],
  "watts__sum" double precision,
  "watts__n" bigint,
  "watts__moments" double precision[],
  "pulses__sum" numeric,
  "pulses__n" bigint,
  "pulses__squares" numeric,
  "pulses__last" numeric[],
  "ok__bool_and" boolean,
  "ok__bool_or" boolean,
  "ok__last" double precision[],
  "note__min" text,
  "note__max" text,
  "note__first" text[] collate "C",
  "note__last" text[] collate "C"
) partition by range (bucket);
create unique index "meters_15m_key" on silver."meters_15m" ("site", "Phase ""n""", bucket) nulls not distinct;
create index "meters_15m_bucket" on silver."meters_15m" (bucket);
comment on table silver."meters_15m" is 'State of rollup meters, tier 15 minutes. Query the view of the same name in gold.';

create or replace view gold."meters_15m" (
  bucket,
  "site",
  "Phase ""n""",
  "row_count",
  "kwh_count",
  "kwh_sum",
  "kwh_avg",
  "kwh_min",
  "kwh_max",
  "kwh_stddev",
  "kwh_variance",
  "kwh_first",
  "kwh_last",
  "watts_sum",
  "watts_avg",
  "watts_stddev",
  "pulses_sum",
  "pulses_stddev",
  "pulses_last",
  "ok_bool_and",
  "ok_bool_or",
  "ok_last",
  "note_min",
  "note_max",
  "note_first",
  "note_last"
) as
with
pending as materialized (
  select
    coalesce(range_agg(p.range), '{}') as ranges,
    coalesce((select sealed from rollup.timeseries_rollup_config where name = 'meters'), '{}') as sealed,
    (select rollup.source_trust('meters')) as trust
  from (
    select range
    from rollup.dirty_range
    where rollup = 'meters'
    union all
    select rollup.partition_range(pg_get_expr(c.relpartbound, c.oid))
    from pg_partition_tree('"raw"."Meter ""x"" Readings"'::regclass) l
    join pg_class c on c.oid = l.relid
    where l.level > 0
      and not exists (select from rollup.source_leaf k where k.rollup = 'meters' and k.relid = l.relid)
    union all
    select k.range
    from rollup.source_leaf k
    where k.rollup = 'meters'
      and k.range = tstzrange('-infinity', null)
      and not exists (select from pg_partition_tree('"raw"."Meter ""x"" Readings"'::regclass) l where l.relid = k.relid)
  ) p
),
covered as materialized (
  select
    (case when trust = 'coverage' then coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 0), '{}') else coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 0), '{}') * sealed end) - (
      select coalesce(range_agg(tstzrange(
        date_bin(interval '900 seconds', r.lower_at, timestamptz '2000-01-03 00:00:00+00'),
        case when date_bin(interval '900 seconds', r.upper_at, timestamptz '2000-01-03 00:00:00+00') = r.upper_at then r.upper_at else date_bin(interval '900 seconds', r.upper_at, timestamptz '2000-01-03 00:00:00+00') + interval '900 seconds' end
      )), '{}') - pending.sealed
      from rollup.ranges(pending.ranges) r
    ) as covered_15m,
    sealed,
    trust,
    coalesce((select retained_from from rollup.timeseries_tier where rollup = 'meters' and ordinal = 0), '-infinity') as retained_from
  from pending
),
shares as materialized (
  select
    covered_15m as share_15m,
    case when trust = 'names' then '{}' else (tstzmultirange(tstzrange(retained_from, null)) - covered_15m) - sealed end as share_source,
    case when trust = 'names' then (tstzmultirange(tstzrange(retained_from, null)) - covered_15m) - sealed else '{}' end as share_names,
    sealed
  from covered
),
dirty_15m as materialized (
  select distinct
    date_bin(interval '900 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') as bucket,
    d."site",
    d."Phase ""n"""
  from rollup."dirty_meters" d
  where date_bin(interval '900 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') <@ (select share_15m from shares)
    and not d.bucket <@ (select sealed from shares)
),
from_tier as (
  select
    t.bucket,
    t."site",
    t."Phase ""n""",
    t."__rows",
    t."kwh__n",
    t."kwh__sum",
    t."kwh__min",
    t."kwh__max",
    t."kwh__squares",
    t."kwh__first",
    t."kwh__last",
    t."watts__sum",
    t."watts__n",
    t."watts__moments",
    t."pulses__sum",
    t."pulses__n",
    t."pulses__squares",
    t."pulses__last",
    t."ok__bool_and",
    t."ok__bool_or",
    t."ok__last",
    t."note__min",
    t."note__max",
    t."note__first",
    t."note__last"
  from silver."meters_15m" t
  where t.bucket <@ (select share_15m from shares)
    and not exists (
      select from dirty_15m k
      where k.bucket = t.bucket
        and coalesce(k."site", 0::integer) = coalesce(t."site", 0::integer)
        and (k."site" is null) = (t."site" is null)
        and coalesce(k."Phase ""n""", ''::text) = coalesce(t."Phase ""n""", ''::text)
        and (k."Phase ""n""" is null) = (t."Phase ""n""" is null)
    )
),
fresh_15m as (
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from dirty_15m k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < k.bucket + interval '900 seconds'
      and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = k.bucket
      and s."site" = k."site"
      and s."Phase ""n""" = k."Phase ""n"""
  where not (k."site" is null or k."Phase ""n""" is null)
  group by 1, 2, 3
  union all
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from dirty_15m k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < k.bucket + interval '900 seconds'
      and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = k.bucket
      and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
      and (k."site" is null) = (s."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
  where (k."site" is null or k."Phase ""n""" is null)
  group by 1, 2, 3
),
from_source as (
  select
    date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') as bucket,
    s."site",
    s."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from rollup.ranges((select share_source from shares)) r
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= r.lower_at
      and s."Read At" <= r.upper_at
      and s."Read At" <@ r.range
  group by 1, 2, 3
),
by_name as (
  select n.*
  from rollup.rows_by_name('meters', 0, (select share_names from shares)) as n(
    bucket timestamptz,
    "site" integer,
    "Phase ""n""" text collate pg_catalog."de_DE",
    "__rows" bigint,
    "kwh__n" bigint,
    "kwh__sum" numeric,
    "kwh__min" numeric(12,3),
    "kwh__max" numeric(12,3),
    "kwh__squares" numeric,
    "kwh__first" numeric[],
    "kwh__last" numeric[],
    "watts__sum" double precision,
    "watts__n" bigint,
    "watts__moments" double precision[],
    "pulses__sum" numeric,
    "pulses__n" bigint,
    "pulses__squares" numeric,
    "pulses__last" numeric[],
    "ok__bool_and" boolean,
    "ok__bool_or" boolean,
    "ok__last" double precision[],
    "note__min" text,
    "note__max" text,
    "note__first" text[] collate "C",
    "note__last" text[] collate "C"
  )
  where (select share_names from shares) <> '{}'
),
merged as (
  select
    u.bucket,
    u."site",
    u."Phase ""n""",
    sum(u."__rows")::bigint as "__rows",
    sum(u."kwh__n")::bigint as "kwh__n",
    sum(u."kwh__sum")::numeric as "kwh__sum",
    min(u."kwh__min") as "kwh__min",
    max(u."kwh__max") as "kwh__max",
    sum(u."kwh__squares")::numeric as "kwh__squares",
    min(u."kwh__first") as "kwh__first",
    max(u."kwh__last") as "kwh__last",
    sum(u."watts__sum")::double precision as "watts__sum",
    sum(u."watts__n")::bigint as "watts__n",
    rollup.merge_moments(u."watts__moments") as "watts__moments",
    sum(u."pulses__sum")::numeric as "pulses__sum",
    sum(u."pulses__n")::bigint as "pulses__n",
    sum(u."pulses__squares")::numeric as "pulses__squares",
    max(u."pulses__last") as "pulses__last",
    bool_and(u."ok__bool_and") as "ok__bool_and",
    bool_or(u."ok__bool_or") as "ok__bool_or",
    max(u."ok__last") as "ok__last",
    min(u."note__min") as "note__min",
    max(u."note__max") as "note__max",
    min(u."note__first") as "note__first",
    max(u."note__last") as "note__last"
  from (
    select * from fresh_15m
    union all
    select * from from_source
    union all
    select * from by_name
  ) u
  group by 1, 2, 3
)
select
  t.bucket,
  t."site",
  t."Phase ""n""",
  t."__rows" as "row_count",
  t."kwh__n" as "kwh_count",
  t."kwh__sum" as "kwh_sum",
  t."kwh__sum"::numeric / nullif(t."kwh__n", 0) as "kwh_avg",
  t."kwh__min" as "kwh_min",
  t."kwh__max" as "kwh_max",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when t."kwh__n" > 1 then case when t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum" <= 0 then 0 else (t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum") / (t."kwh__n"::numeric * (t."kwh__n" - 1)) end end) as d(v)) as "kwh_stddev",
  case when t."kwh__n" > 1 then case when t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum" <= 0 then 0 else (t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum") / (t."kwh__n"::numeric * (t."kwh__n" - 1)) end end as "kwh_variance",
  (t."kwh__first")[2]::numeric(12,3) as "kwh_first",
  (t."kwh__last")[2]::numeric(12,3) as "kwh_last",
  t."watts__sum" as "watts_sum",
  float8_avg(array[coalesce(t."watts__n", 0), coalesce(t."watts__sum", 0), 0]::double precision[]) as "watts_avg",
  float8_stddev_samp(t."watts__moments") as "watts_stddev",
  t."pulses__sum" as "pulses_sum",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when t."pulses__n" > 1 then case when t."pulses__n" * t."pulses__squares" - t."pulses__sum"::numeric * t."pulses__sum" <= 0 then 0 else (t."pulses__n" * t."pulses__squares" - t."pulses__sum"::numeric * t."pulses__sum") / (t."pulses__n"::numeric * (t."pulses__n" - 1)) end end) as d(v)) as "pulses_stddev",
  (t."pulses__last")[2]::bigint as "pulses_last",
  t."ok__bool_and" as "ok_bool_and",
  t."ok__bool_or" as "ok_bool_or",
  ((t."ok__last")[2] = 1) as "ok_last",
  t."note__min" as "note_min",
  t."note__max" as "note_max",
  (t."note__first")[2]::text as "note_first",
  (t."note__last")[2]::text as "note_last"
from from_tier t
union all
select
  m.bucket,
  m."site",
  m."Phase ""n""",
  m."__rows" as "row_count",
  m."kwh__n" as "kwh_count",
  m."kwh__sum" as "kwh_sum",
  m."kwh__sum"::numeric / nullif(m."kwh__n", 0) as "kwh_avg",
  m."kwh__min" as "kwh_min",
  m."kwh__max" as "kwh_max",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when m."kwh__n" > 1 then case when m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum" <= 0 then 0 else (m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum") / (m."kwh__n"::numeric * (m."kwh__n" - 1)) end end) as d(v)) as "kwh_stddev",
  case when m."kwh__n" > 1 then case when m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum" <= 0 then 0 else (m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum") / (m."kwh__n"::numeric * (m."kwh__n" - 1)) end end as "kwh_variance",
  (m."kwh__first")[2]::numeric(12,3) as "kwh_first",
  (m."kwh__last")[2]::numeric(12,3) as "kwh_last",
  m."watts__sum" as "watts_sum",
  float8_avg(array[coalesce(m."watts__n", 0), coalesce(m."watts__sum", 0), 0]::double precision[]) as "watts_avg",
  float8_stddev_samp(m."watts__moments") as "watts_stddev",
  m."pulses__sum" as "pulses_sum",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when m."pulses__n" > 1 then case when m."pulses__n" * m."pulses__squares" - m."pulses__sum"::numeric * m."pulses__sum" <= 0 then 0 else (m."pulses__n" * m."pulses__squares" - m."pulses__sum"::numeric * m."pulses__sum") / (m."pulses__n"::numeric * (m."pulses__n" - 1)) end end) as d(v)) as "pulses_stddev",
  (m."pulses__last")[2]::bigint as "pulses_last",
  m."ok__bool_and" as "ok_bool_and",
  m."ok__bool_or" as "ok_bool_or",
  ((m."ok__last")[2] = 1) as "ok_last",
  m."note__min" as "note_min",
  m."note__max" as "note_max",
  (m."note__first")[2]::text as "note_first",
  (m."note__last")[2]::text as "note_last"
from merged m;
comment on view gold."meters_15m" is 'meters every 15 minutes (UTC): equals the GROUP BY over "raw"."Meter ""x"" Readings" in every snapshot.';

-- 15m statement recompute
with
keys as materialized (
  select distinct
    date_bin(interval '900 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') as bucket,
    d."site",
    d."Phase ""n"""
  from unnest($1::rollup."dirty_meters"[]) d
  where date_bin(interval '900 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') <@ $2
),
fresh as materialized (
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from keys k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < k.bucket + interval '900 seconds'
      and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = k.bucket
      and s."site" = k."site"
      and s."Phase ""n""" = k."Phase ""n"""
  where not (k."site" is null or k."Phase ""n""" is null)
    and s."Read At" >= $4
    and s."Read At" < $5
    and $3::tstzmultirange is not null
  group by 1, 2, 3
  union all
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from keys k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < k.bucket + interval '900 seconds'
      and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = k.bucket
      and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
      and (k."site" is null) = (s."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
  where (k."site" is null or k."Phase ""n""" is null)
    and s."Read At" >= $4
    and s."Read At" < $5
    and $3::tstzmultirange is not null
  group by 1, 2, 3
),
written as (
  insert into silver."meters_15m" as t (
    bucket,
    "site",
    "Phase ""n""",
    "__rows",
    "kwh__n",
    "kwh__sum",
    "kwh__min",
    "kwh__max",
    "kwh__squares",
    "kwh__first",
    "kwh__last",
    "watts__sum",
    "watts__n",
    "watts__moments",
    "pulses__sum",
    "pulses__n",
    "pulses__squares",
    "pulses__last",
    "ok__bool_and",
    "ok__bool_or",
    "ok__last",
    "note__min",
    "note__max",
    "note__first",
    "note__last"
  )
  select *
  from fresh
  order by "site", "Phase ""n""", bucket
  on conflict ("site", "Phase ""n""", bucket) do update set
    "__rows" = excluded."__rows",
    "kwh__n" = excluded."kwh__n",
    "kwh__sum" = excluded."kwh__sum",
    "kwh__min" = excluded."kwh__min",
    "kwh__max" = excluded."kwh__max",
    "kwh__squares" = excluded."kwh__squares",
    "kwh__first" = excluded."kwh__first",
    "kwh__last" = excluded."kwh__last",
    "watts__sum" = excluded."watts__sum",
    "watts__n" = excluded."watts__n",
    "watts__moments" = excluded."watts__moments",
    "pulses__sum" = excluded."pulses__sum",
    "pulses__n" = excluded."pulses__n",
    "pulses__squares" = excluded."pulses__squares",
    "pulses__last" = excluded."pulses__last",
    "ok__bool_and" = excluded."ok__bool_and",
    "ok__bool_or" = excluded."ok__bool_or",
    "ok__last" = excluded."ok__last",
    "note__min" = excluded."note__min",
    "note__max" = excluded."note__max",
    "note__first" = excluded."note__first",
    "note__last" = excluded."note__last"
  where record_image_ne(row(t."__rows", t."kwh__n", t."kwh__sum", t."kwh__min", t."kwh__max", t."kwh__squares", t."kwh__first", t."kwh__last", t."watts__sum", t."watts__n", t."watts__moments", t."pulses__sum", t."pulses__n", t."pulses__squares", t."pulses__last", t."ok__bool_and", t."ok__bool_or", t."ok__last", t."note__min", t."note__max", t."note__first", t."note__last"), row(excluded."__rows", excluded."kwh__n", excluded."kwh__sum", excluded."kwh__min", excluded."kwh__max", excluded."kwh__squares", excluded."kwh__first", excluded."kwh__last", excluded."watts__sum", excluded."watts__n", excluded."watts__moments", excluded."pulses__sum", excluded."pulses__n", excluded."pulses__squares", excluded."pulses__last", excluded."ok__bool_and", excluded."ok__bool_or", excluded."ok__last", excluded."note__min", excluded."note__max", excluded."note__first", excluded."note__last"))
  returning 1
),
-- Keys that have no source rows any more.
vanished as materialized (
  select * from keys
  except
  select bucket, "site", "Phase ""n""" from fresh
),
gone as (
  delete from silver."meters_15m" t
  using vanished k
  where t.bucket = k.bucket
    and t."site" = k."site"
    and t."Phase ""n""" = k."Phase ""n"""
    and not (k."site" is null or k."Phase ""n""" is null)
  returning 1
),
gone_null as (
  delete from silver."meters_15m" t
  using vanished k
  where t.bucket = k.bucket
    and coalesce(k."site", 0::integer) = coalesce(t."site", 0::integer)
    and (k."site" is null) = (t."site" is null)
    and coalesce(k."Phase ""n""", ''::text) = coalesce(t."Phase ""n""", ''::text)
    and (k."Phase ""n""" is null) = (t."Phase ""n""" is null)
    and (k."site" is null or k."Phase ""n""" is null)
  returning 1
)
select
  (select count(*) from keys) as keys,
  (select count(*) from written) as written,
  (select count(*) from gone) + (select count(*) from gone_null) as removed;

-- 15m statement materialize
insert into silver."meters_15m" (
  bucket,
  "site",
  "Phase ""n""",
  "__rows",
  "kwh__n",
  "kwh__sum",
  "kwh__min",
  "kwh__max",
  "kwh__squares",
  "kwh__first",
  "kwh__last",
  "watts__sum",
  "watts__n",
  "watts__moments",
  "pulses__sum",
  "pulses__n",
  "pulses__squares",
  "pulses__last",
  "ok__bool_and",
  "ok__bool_or",
  "ok__last",
  "note__min",
  "note__max",
  "note__first",
  "note__last"
)
select *
from (
  select
    date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') as bucket,
    s."site",
    s."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" >= $1
    and s."Read At" < $2
  group by 1, 2, 3
  -- A fence: without it all rows are sorted to group them, which costs more than to hash them and sort the groups.
  offset 0
) fresh
order by 2, 3, 1;

-- 15m statement materializeFromSource
insert into silver."meters_15m" (
  bucket,
  "site",
  "Phase ""n""",
  "__rows",
  "kwh__n",
  "kwh__sum",
  "kwh__min",
  "kwh__max",
  "kwh__squares",
  "kwh__first",
  "kwh__last",
  "watts__sum",
  "watts__n",
  "watts__moments",
  "pulses__sum",
  "pulses__n",
  "pulses__squares",
  "pulses__last",
  "ok__bool_and",
  "ok__bool_or",
  "ok__last",
  "note__min",
  "note__max",
  "note__first",
  "note__last"
)
select *
from (
  select
    date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') as bucket,
    s."site",
    s."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" >= $1
    and s."Read At" < $2
  group by 1, 2, 3
  -- A fence: without it all rows are sorted to group them, which costs more than to hash them and sort the groups.
  offset 0
) fresh
order by 2, 3, 1;

-- 15m statement keys
select coalesce(array_agg((k.*)::text), '{}')
from (
  select distinct
    date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') as bucket,
    s."site",
    s."Phase ""n"""
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" >= $1
    and s."Read At" < $2
) k;

-- 15m statement keysFromSource
select coalesce(array_agg((k.*)::text), '{}')
from (
  select distinct
    date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') as bucket,
    s."site",
    s."Phase ""n"""
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" >= $1
    and s."Read At" < $2
) k;

-- 15m statement clear
delete from silver."meters_15m" where bucket >= $1 and bucket < $2;

-- 15m statement mergeLate
insert into silver."meters_15m" as t (
  bucket,
  "site",
  "Phase ""n""",
  "__rows",
  "kwh__n",
  "kwh__sum",
  "kwh__min",
  "kwh__max",
  "kwh__squares",
  "kwh__first",
  "kwh__last",
  "watts__sum",
  "watts__n",
  "watts__moments",
  "pulses__sum",
  "pulses__n",
  "pulses__squares",
  "pulses__last",
  "ok__bool_and",
  "ok__bool_or",
  "ok__last",
  "note__min",
  "note__max",
  "note__first",
  "note__last"
)
select
  date_bin(interval '900 seconds', l.bucket, timestamptz '2000-01-03 00:00:00+00') as bucket,
  l."site",
  l."Phase ""n""",
  sum(l."__rows")::bigint as "__rows",
  sum(l."kwh__n")::bigint as "kwh__n",
  sum(l."kwh__sum")::numeric as "kwh__sum",
  min(l."kwh__min") as "kwh__min",
  max(l."kwh__max") as "kwh__max",
  sum(l."kwh__squares")::numeric as "kwh__squares",
  min(l."kwh__first") as "kwh__first",
  max(l."kwh__last") as "kwh__last",
  sum(l."watts__sum")::double precision as "watts__sum",
  sum(l."watts__n")::bigint as "watts__n",
  rollup.merge_moments(l."watts__moments") as "watts__moments",
  sum(l."pulses__sum")::numeric as "pulses__sum",
  sum(l."pulses__n")::bigint as "pulses__n",
  sum(l."pulses__squares")::numeric as "pulses__squares",
  max(l."pulses__last") as "pulses__last",
  bool_and(l."ok__bool_and") as "ok__bool_and",
  bool_or(l."ok__bool_or") as "ok__bool_or",
  max(l."ok__last") as "ok__last",
  min(l."note__min") as "note__min",
  max(l."note__max") as "note__max",
  min(l."note__first") as "note__first",
  max(l."note__last") as "note__last"
from unnest($1::rollup."late_meters"[]) l
where date_bin(interval '900 seconds', l.bucket, timestamptz '2000-01-03 00:00:00+00') >= $2
group by 1, 2, 3
on conflict ("site", "Phase ""n""", bucket) do update set
  "__rows" = coalesce(t."__rows" + excluded."__rows", t."__rows", excluded."__rows"),
  "kwh__n" = coalesce(t."kwh__n" + excluded."kwh__n", t."kwh__n", excluded."kwh__n"),
  "kwh__sum" = coalesce(t."kwh__sum" + excluded."kwh__sum", t."kwh__sum", excluded."kwh__sum"),
  "kwh__min" = least(t."kwh__min", excluded."kwh__min"),
  "kwh__max" = greatest(t."kwh__max", excluded."kwh__max"),
  "kwh__squares" = coalesce(t."kwh__squares" + excluded."kwh__squares", t."kwh__squares", excluded."kwh__squares"),
  "kwh__first" = least(t."kwh__first", excluded."kwh__first"),
  "kwh__last" = greatest(t."kwh__last", excluded."kwh__last"),
  "watts__sum" = coalesce(t."watts__sum" + excluded."watts__sum", t."watts__sum", excluded."watts__sum"),
  "watts__n" = coalesce(t."watts__n" + excluded."watts__n", t."watts__n", excluded."watts__n"),
  "watts__moments" = coalesce(float8_combine(t."watts__moments", excluded."watts__moments"), t."watts__moments", excluded."watts__moments"),
  "pulses__sum" = coalesce(t."pulses__sum" + excluded."pulses__sum", t."pulses__sum", excluded."pulses__sum"),
  "pulses__n" = coalesce(t."pulses__n" + excluded."pulses__n", t."pulses__n", excluded."pulses__n"),
  "pulses__squares" = coalesce(t."pulses__squares" + excluded."pulses__squares", t."pulses__squares", excluded."pulses__squares"),
  "pulses__last" = greatest(t."pulses__last", excluded."pulses__last"),
  "ok__bool_and" = coalesce(t."ok__bool_and" and excluded."ok__bool_and", t."ok__bool_and", excluded."ok__bool_and"),
  "ok__bool_or" = coalesce(t."ok__bool_or" or excluded."ok__bool_or", t."ok__bool_or", excluded."ok__bool_or"),
  "ok__last" = greatest(t."ok__last", excluded."ok__last"),
  "note__min" = least(t."note__min", excluded."note__min"),
  "note__max" = greatest(t."note__max", excluded."note__max"),
  "note__first" = least(t."note__first", excluded."note__first"),
  "note__last" = greatest(t."note__last", excluded."note__last");

-- 15m statement byName
select
  date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') as bucket,
  s."site",
  s."Phase ""n""",
  count(*) as "__rows",
  count(s."kwh") as "kwh__n",
  sum(s."kwh") as "kwh__sum",
  min(s."kwh") as "kwh__min",
  max(s."kwh") as "kwh__max",
  sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
  min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
  max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
  sum(s."watts"::double precision) as "watts__sum",
  count(s."watts") as "watts__n",
  rollup.moments(s."watts") as "watts__moments",
  sum(s."pulses") as "pulses__sum",
  count(s."pulses") as "pulses__n",
  sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
  max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
  bool_and(s."ok") as "ok__bool_and",
  bool_or(s."ok") as "ok__bool_or",
  max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
  min(s."note") as "note__min",
  max(s."note") as "note__max",
  min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
  max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
from rollup.ranges($1) r
join source s
  on s."Read At" >= r.lower_at
    and s."Read At" <= r.upper_at
    and s."Read At" <@ r.range
group by 1, 2, 3;

-- 15m statement bucketStart
select date_bin(interval '900 seconds', $1::timestamptz, timestamptz '2000-01-03 00:00:00+00');

-- 15m statement bucketCeiling
select case when date_bin(interval '900 seconds', $1::timestamptz, timestamptz '2000-01-03 00:00:00+00') = $1::timestamptz then $1::timestamptz else date_bin(interval '900 seconds', $1::timestamptz, timestamptz '2000-01-03 00:00:00+00') + interval '900 seconds' end;

-- 15m as a plain GROUP BY
select
  g.__key as bucket,
  g."site",
  g."Phase ""n""",
  g."row_count",
  g."kwh_count",
  g."kwh_sum",
  g."kwh_avg",
  g."kwh_min",
  g."kwh_max",
  g."kwh_stddev",
  g."kwh_variance",
  g."kwh_first",
  g."kwh_last",
  g."watts_sum",
  g."watts_avg",
  g."watts_stddev",
  g."pulses_sum",
  g."pulses_stddev",
  g."pulses_last",
  g."ok_bool_and",
  g."ok_bool_or",
  g."ok_last",
  g."note_min",
  g."note_max",
  g."note_first",
  g."note_last"
from (
  select
    date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') as __key,
    s."site",
    s."Phase ""n""",
    count(*) as "row_count",
    count(s."kwh") as "kwh_count",
    sum(s."kwh") as "kwh_sum",
    avg(s."kwh") as "kwh_avg",
    min(s."kwh") as "kwh_min",
    max(s."kwh") as "kwh_max",
    stddev(s."kwh") as "kwh_stddev",
    variance(s."kwh") as "kwh_variance",
    (min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null))[2]::numeric(12,3) as "kwh_first",
    (max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null))[2]::numeric(12,3) as "kwh_last",
    sum(s."watts"::double precision) as "watts_sum",
    avg(s."watts") as "watts_avg",
    stddev(s."watts"::double precision) as "watts_stddev",
    sum(s."pulses") as "pulses_sum",
    stddev(s."pulses") as "pulses_stddev",
    (max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null))[2]::bigint as "pulses_last",
    bool_and(s."ok") as "ok_bool_and",
    bool_or(s."ok") as "ok_bool_or",
    ((max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null))[2] = 1) as "ok_last",
    min(s."note") as "note_min",
    max(s."note") as "note_max",
    (min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null))[2]::text as "note_first",
    (max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null))[2]::text as "note_last"
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" is not null
  group by 1, 2, 3
) g;

-- tier 1d, partitions every (none)

create table silver."meters_1d" (
  bucket timestamptz not null,
  "site" integer,
  "Phase ""n""" text collate pg_catalog."de_DE",
  "__rows" bigint,
  "kwh__n" bigint,
  "kwh__sum" numeric,
  "kwh__min" numeric(12,3),
  "kwh__max" numeric(12,3),
  "kwh__squares" numeric,
  "kwh__first" numeric[],
  "kwh__last" numeric[],
  "watts__sum" double precision,
  "watts__n" bigint,
  "watts__moments" double precision[],
  "pulses__sum" numeric,
  "pulses__n" bigint,
  "pulses__squares" numeric,
  "pulses__last" numeric[],
  "ok__bool_and" boolean,
  "ok__bool_or" boolean,
  "ok__last" double precision[],
  "note__min" text,
  "note__max" text,
  "note__first" text[] collate "C",
  "note__last" text[] collate "C"
);
create unique index "meters_1d_key" on silver."meters_1d" ("site", "Phase ""n""", bucket) nulls not distinct;
create index "meters_1d_bucket" on silver."meters_1d" (bucket);
comment on table silver."meters_1d" is 'State of rollup meters, tier 1 day. Query the view of the same name in gold.';

create or replace view gold."meters_1d" (
  bucket,
  "site",
  "Phase ""n""",
  "row_count",
  "kwh_count",
  "kwh_sum",
  "kwh_avg",
  "kwh_min",
  "kwh_max",
  "kwh_stddev",
  "kwh_variance",
  "kwh_first",
  "kwh_last",
  "watts_sum",
  "watts_avg",
  "watts_stddev",
  "pulses_sum",
  "pulses_stddev",
  "pulses_last",
  "ok_bool_and",
  "ok_bool_or",
  "ok_last",
  "note_min",
  "note_max",
  "note_first",
  "note_last"
) as
with
pending as materialized (
  select
    coalesce(range_agg(p.range), '{}') as ranges,
    coalesce((select sealed from rollup.timeseries_rollup_config where name = 'meters'), '{}') as sealed,
    (select rollup.source_trust('meters')) as trust
  from (
    select range
    from rollup.dirty_range
    where rollup = 'meters'
    union all
    select rollup.partition_range(pg_get_expr(c.relpartbound, c.oid))
    from pg_partition_tree('"raw"."Meter ""x"" Readings"'::regclass) l
    join pg_class c on c.oid = l.relid
    where l.level > 0
      and not exists (select from rollup.source_leaf k where k.rollup = 'meters' and k.relid = l.relid)
    union all
    select k.range
    from rollup.source_leaf k
    where k.rollup = 'meters'
      and k.range = tstzrange('-infinity', null)
      and not exists (select from pg_partition_tree('"raw"."Meter ""x"" Readings"'::regclass) l where l.relid = k.relid)
  ) p
),
covered as materialized (
  select
    (case when trust = 'coverage' then coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 0), '{}') else coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 0), '{}') * sealed end) - (
      select coalesce(range_agg(tstzrange(
        date_bin(interval '900 seconds', r.lower_at, timestamptz '2000-01-03 00:00:00+00'),
        case when date_bin(interval '900 seconds', r.upper_at, timestamptz '2000-01-03 00:00:00+00') = r.upper_at then r.upper_at else date_bin(interval '900 seconds', r.upper_at, timestamptz '2000-01-03 00:00:00+00') + interval '900 seconds' end
      )), '{}') - pending.sealed
      from rollup.ranges(pending.ranges) r
    ) as covered_15m,
    (case when trust = 'coverage' then coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 1), '{}') else coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 1), '{}') * sealed end) - (
      select coalesce(range_agg(tstzrange(
        rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', r.lower_at)), 'Europe/Berlin'),
        case when rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', r.upper_at)), 'Europe/Berlin') = r.upper_at then r.upper_at else rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', r.upper_at)), 'Europe/Berlin'))) + interval '1 days', 'Europe/Berlin') end
      )), '{}') - pending.sealed
      from rollup.ranges(pending.ranges) r
    ) as covered_1d,
    sealed,
    trust,
    coalesce((select retained_from from rollup.timeseries_tier where rollup = 'meters' and ordinal = 1), '-infinity') as retained_from
  from pending
),
shares as materialized (
  select
    covered_1d as share_1d,
    (tstzmultirange(tstzrange(retained_from, null)) - covered_1d) * covered_15m as share_15m,
    case when trust = 'names' then '{}' else ((tstzmultirange(tstzrange(retained_from, null)) - covered_1d) - covered_15m) - sealed end as share_source,
    case when trust = 'names' then ((tstzmultirange(tstzrange(retained_from, null)) - covered_1d) - covered_15m) - sealed else '{}' end as share_names,
    sealed
  from covered
),
dirty_15m as materialized (
  select distinct
    date_bin(interval '900 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') as bucket,
    d."site",
    d."Phase ""n"""
  from rollup."dirty_meters" d
  where date_bin(interval '900 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') <@ (select share_15m from shares)
    and not d.bucket <@ (select sealed from shares)
),
dirty_1d as materialized (
  select distinct
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') as bucket,
    d."site",
    d."Phase ""n"""
  from rollup."dirty_meters" d
  where rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') <@ (select share_1d from shares)
    and not d.bucket <@ (select sealed from shares)
),
from_tier as (
  select
    t.bucket,
    t."site",
    t."Phase ""n""",
    t."__rows",
    t."kwh__n",
    t."kwh__sum",
    t."kwh__min",
    t."kwh__max",
    t."kwh__squares",
    t."kwh__first",
    t."kwh__last",
    t."watts__sum",
    t."watts__n",
    t."watts__moments",
    t."pulses__sum",
    t."pulses__n",
    t."pulses__squares",
    t."pulses__last",
    t."ok__bool_and",
    t."ok__bool_or",
    t."ok__last",
    t."note__min",
    t."note__max",
    t."note__first",
    t."note__last"
  from silver."meters_1d" t
  where t.bucket <@ (select share_1d from shares)
    and not exists (
      select from dirty_1d k
      where k.bucket = t.bucket
        and coalesce(k."site", 0::integer) = coalesce(t."site", 0::integer)
        and (k."site" is null) = (t."site" is null)
        and coalesce(k."Phase ""n""", ''::text) = coalesce(t."Phase ""n""", ''::text)
        and (k."Phase ""n""" is null) = (t."Phase ""n""" is null)
    )
),
from_finer_15m as (
  select
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', t.bucket)), 'Europe/Berlin') as bucket,
    t."site",
    t."Phase ""n""",
    t."__rows",
    t."kwh__n",
    t."kwh__sum",
    t."kwh__min",
    t."kwh__max",
    t."kwh__squares",
    t."kwh__first",
    t."kwh__last",
    t."watts__sum",
    t."watts__n",
    t."watts__moments",
    t."pulses__sum",
    t."pulses__n",
    t."pulses__squares",
    t."pulses__last",
    t."ok__bool_and",
    t."ok__bool_or",
    t."ok__last",
    t."note__min",
    t."note__max",
    t."note__first",
    t."note__last"
  from rollup.ranges((select share_15m from shares)) r
  join silver."meters_15m" t
    on t.bucket >= r.lower_at
      and t.bucket < r.upper_at
  where not exists (
    select from dirty_15m k
    where k.bucket = t.bucket
      and coalesce(k."site", 0::integer) = coalesce(t."site", 0::integer)
      and (k."site" is null) = (t."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(t."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (t."Phase ""n""" is null)
  )
),
fresh_1d as (
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from dirty_1d k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
      and s."site" = k."site"
      and s."Phase ""n""" = k."Phase ""n"""
  where not (k."site" is null or k."Phase ""n""" is null)
  group by 1, 2, 3
  union all
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from dirty_1d k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
      and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
      and (k."site" is null) = (s."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
  where (k."site" is null or k."Phase ""n""" is null)
  group by 1, 2, 3
),
fresh_15m as (
  select
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', x.bucket)), 'Europe/Berlin') as bucket,
    x."site",
    x."Phase ""n""",
    x."__rows",
    x."kwh__n",
    x."kwh__sum",
    x."kwh__min",
    x."kwh__max",
    x."kwh__squares",
    x."kwh__first",
    x."kwh__last",
    x."watts__sum",
    x."watts__n",
    x."watts__moments",
    x."pulses__sum",
    x."pulses__n",
    x."pulses__squares",
    x."pulses__last",
    x."ok__bool_and",
    x."ok__bool_or",
    x."ok__last",
    x."note__min",
    x."note__max",
    x."note__first",
    x."note__last"
  from (
    select
      k.bucket,
      k."site",
      k."Phase ""n""",
      count(*) as "__rows",
      count(s."kwh") as "kwh__n",
      sum(s."kwh") as "kwh__sum",
      min(s."kwh") as "kwh__min",
      max(s."kwh") as "kwh__max",
      sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
      min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
      max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
      sum(s."watts"::double precision) as "watts__sum",
      count(s."watts") as "watts__n",
      rollup.moments(s."watts") as "watts__moments",
      sum(s."pulses") as "pulses__sum",
      count(s."pulses") as "pulses__n",
      sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
      max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
      bool_and(s."ok") as "ok__bool_and",
      bool_or(s."ok") as "ok__bool_or",
      max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
      min(s."note") as "note__min",
      max(s."note") as "note__max",
      min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
      max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
    from dirty_15m k
    join "raw"."Meter ""x"" Readings" s
      on s."Read At" >= k.bucket
        and s."Read At" < k.bucket + interval '900 seconds'
        and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = k.bucket
        and s."site" = k."site"
        and s."Phase ""n""" = k."Phase ""n"""
    where not (k."site" is null or k."Phase ""n""" is null)
    group by 1, 2, 3
    union all
    select
      k.bucket,
      k."site",
      k."Phase ""n""",
      count(*) as "__rows",
      count(s."kwh") as "kwh__n",
      sum(s."kwh") as "kwh__sum",
      min(s."kwh") as "kwh__min",
      max(s."kwh") as "kwh__max",
      sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
      min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
      max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
      sum(s."watts"::double precision) as "watts__sum",
      count(s."watts") as "watts__n",
      rollup.moments(s."watts") as "watts__moments",
      sum(s."pulses") as "pulses__sum",
      count(s."pulses") as "pulses__n",
      sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
      max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
      bool_and(s."ok") as "ok__bool_and",
      bool_or(s."ok") as "ok__bool_or",
      max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
      min(s."note") as "note__min",
      max(s."note") as "note__max",
      min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
      max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
    from dirty_15m k
    join "raw"."Meter ""x"" Readings" s
      on s."Read At" >= k.bucket
        and s."Read At" < k.bucket + interval '900 seconds'
        and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = k.bucket
        and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
        and (k."site" is null) = (s."site" is null)
        and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
        and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
    where (k."site" is null or k."Phase ""n""" is null)
    group by 1, 2, 3
  ) x
),
from_source as (
  select
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from rollup.ranges((select share_source from shares)) r
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= r.lower_at
      and s."Read At" <= r.upper_at
      and s."Read At" <@ r.range
  group by 1, 2, 3
),
by_name as (
  select n.*
  from rollup.rows_by_name('meters', 1, (select share_names from shares)) as n(
    bucket timestamptz,
    "site" integer,
    "Phase ""n""" text collate pg_catalog."de_DE",
    "__rows" bigint,
    "kwh__n" bigint,
    "kwh__sum" numeric,
    "kwh__min" numeric(12,3),
    "kwh__max" numeric(12,3),
    "kwh__squares" numeric,
    "kwh__first" numeric[],
    "kwh__last" numeric[],
    "watts__sum" double precision,
    "watts__n" bigint,
    "watts__moments" double precision[],
    "pulses__sum" numeric,
    "pulses__n" bigint,
    "pulses__squares" numeric,
    "pulses__last" numeric[],
    "ok__bool_and" boolean,
    "ok__bool_or" boolean,
    "ok__last" double precision[],
    "note__min" text,
    "note__max" text,
    "note__first" text[] collate "C",
    "note__last" text[] collate "C"
  )
  where (select share_names from shares) <> '{}'
),
merged as (
  select
    u.bucket,
    u."site",
    u."Phase ""n""",
    sum(u."__rows")::bigint as "__rows",
    sum(u."kwh__n")::bigint as "kwh__n",
    sum(u."kwh__sum")::numeric as "kwh__sum",
    min(u."kwh__min") as "kwh__min",
    max(u."kwh__max") as "kwh__max",
    sum(u."kwh__squares")::numeric as "kwh__squares",
    min(u."kwh__first") as "kwh__first",
    max(u."kwh__last") as "kwh__last",
    sum(u."watts__sum")::double precision as "watts__sum",
    sum(u."watts__n")::bigint as "watts__n",
    rollup.merge_moments(u."watts__moments") as "watts__moments",
    sum(u."pulses__sum")::numeric as "pulses__sum",
    sum(u."pulses__n")::bigint as "pulses__n",
    sum(u."pulses__squares")::numeric as "pulses__squares",
    max(u."pulses__last") as "pulses__last",
    bool_and(u."ok__bool_and") as "ok__bool_and",
    bool_or(u."ok__bool_or") as "ok__bool_or",
    max(u."ok__last") as "ok__last",
    min(u."note__min") as "note__min",
    max(u."note__max") as "note__max",
    min(u."note__first") as "note__first",
    max(u."note__last") as "note__last"
  from (
    select * from from_finer_15m
    union all
    select * from fresh_1d
    union all
    select * from fresh_15m
    union all
    select * from from_source
    union all
    select * from by_name
  ) u
  group by 1, 2, 3
)
select
  t.bucket,
  t."site",
  t."Phase ""n""",
  t."__rows" as "row_count",
  t."kwh__n" as "kwh_count",
  t."kwh__sum" as "kwh_sum",
  t."kwh__sum"::numeric / nullif(t."kwh__n", 0) as "kwh_avg",
  t."kwh__min" as "kwh_min",
  t."kwh__max" as "kwh_max",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when t."kwh__n" > 1 then case when t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum" <= 0 then 0 else (t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum") / (t."kwh__n"::numeric * (t."kwh__n" - 1)) end end) as d(v)) as "kwh_stddev",
  case when t."kwh__n" > 1 then case when t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum" <= 0 then 0 else (t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum") / (t."kwh__n"::numeric * (t."kwh__n" - 1)) end end as "kwh_variance",
  (t."kwh__first")[2]::numeric(12,3) as "kwh_first",
  (t."kwh__last")[2]::numeric(12,3) as "kwh_last",
  t."watts__sum" as "watts_sum",
  float8_avg(array[coalesce(t."watts__n", 0), coalesce(t."watts__sum", 0), 0]::double precision[]) as "watts_avg",
  float8_stddev_samp(t."watts__moments") as "watts_stddev",
  t."pulses__sum" as "pulses_sum",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when t."pulses__n" > 1 then case when t."pulses__n" * t."pulses__squares" - t."pulses__sum"::numeric * t."pulses__sum" <= 0 then 0 else (t."pulses__n" * t."pulses__squares" - t."pulses__sum"::numeric * t."pulses__sum") / (t."pulses__n"::numeric * (t."pulses__n" - 1)) end end) as d(v)) as "pulses_stddev",
  (t."pulses__last")[2]::bigint as "pulses_last",
  t."ok__bool_and" as "ok_bool_and",
  t."ok__bool_or" as "ok_bool_or",
  ((t."ok__last")[2] = 1) as "ok_last",
  t."note__min" as "note_min",
  t."note__max" as "note_max",
  (t."note__first")[2]::text as "note_first",
  (t."note__last")[2]::text as "note_last"
from from_tier t
union all
select
  m.bucket,
  m."site",
  m."Phase ""n""",
  m."__rows" as "row_count",
  m."kwh__n" as "kwh_count",
  m."kwh__sum" as "kwh_sum",
  m."kwh__sum"::numeric / nullif(m."kwh__n", 0) as "kwh_avg",
  m."kwh__min" as "kwh_min",
  m."kwh__max" as "kwh_max",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when m."kwh__n" > 1 then case when m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum" <= 0 then 0 else (m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum") / (m."kwh__n"::numeric * (m."kwh__n" - 1)) end end) as d(v)) as "kwh_stddev",
  case when m."kwh__n" > 1 then case when m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum" <= 0 then 0 else (m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum") / (m."kwh__n"::numeric * (m."kwh__n" - 1)) end end as "kwh_variance",
  (m."kwh__first")[2]::numeric(12,3) as "kwh_first",
  (m."kwh__last")[2]::numeric(12,3) as "kwh_last",
  m."watts__sum" as "watts_sum",
  float8_avg(array[coalesce(m."watts__n", 0), coalesce(m."watts__sum", 0), 0]::double precision[]) as "watts_avg",
  float8_stddev_samp(m."watts__moments") as "watts_stddev",
  m."pulses__sum" as "pulses_sum",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when m."pulses__n" > 1 then case when m."pulses__n" * m."pulses__squares" - m."pulses__sum"::numeric * m."pulses__sum" <= 0 then 0 else (m."pulses__n" * m."pulses__squares" - m."pulses__sum"::numeric * m."pulses__sum") / (m."pulses__n"::numeric * (m."pulses__n" - 1)) end end) as d(v)) as "pulses_stddev",
  (m."pulses__last")[2]::bigint as "pulses_last",
  m."ok__bool_and" as "ok_bool_and",
  m."ok__bool_or" as "ok_bool_or",
  ((m."ok__last")[2] = 1) as "ok_last",
  m."note__min" as "note_min",
  m."note__max" as "note_max",
  (m."note__first")[2]::text as "note_first",
  (m."note__last")[2]::text as "note_last"
from merged m;
comment on view gold."meters_1d" is 'meters every 1 day (Europe/Berlin): equals the GROUP BY over "raw"."Meter ""x"" Readings" in every snapshot.';

-- 1d statement recompute
with
keys as materialized (
  select distinct
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') as bucket,
    d."site",
    d."Phase ""n"""
  from unnest($1::rollup."dirty_meters"[]) d
  where rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') <@ $2
),
-- Where the finer tier holds the whole bucket.
from_finer as (
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    sum(s."__rows")::bigint as "__rows",
    sum(s."kwh__n")::bigint as "kwh__n",
    sum(s."kwh__sum")::numeric as "kwh__sum",
    min(s."kwh__min") as "kwh__min",
    max(s."kwh__max") as "kwh__max",
    sum(s."kwh__squares")::numeric as "kwh__squares",
    min(s."kwh__first") as "kwh__first",
    max(s."kwh__last") as "kwh__last",
    sum(s."watts__sum")::double precision as "watts__sum",
    sum(s."watts__n")::bigint as "watts__n",
    rollup.merge_moments(s."watts__moments") as "watts__moments",
    sum(s."pulses__sum")::numeric as "pulses__sum",
    sum(s."pulses__n")::bigint as "pulses__n",
    sum(s."pulses__squares")::numeric as "pulses__squares",
    max(s."pulses__last") as "pulses__last",
    bool_and(s."ok__bool_and") as "ok__bool_and",
    bool_or(s."ok__bool_or") as "ok__bool_or",
    max(s."ok__last") as "ok__last",
    min(s."note__min") as "note__min",
    max(s."note__max") as "note__max",
    min(s."note__first") as "note__first",
    max(s."note__last") as "note__last"
  from keys k
  join silver."meters_15m" s
    on s.bucket >= k.bucket
      and s.bucket < rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s.bucket)), 'Europe/Berlin') = k.bucket
      and s."site" = k."site"
      and s."Phase ""n""" = k."Phase ""n"""
  where not (k."site" is null or k."Phase ""n""" is null)
    and tstzrange(k.bucket, rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')) <@ $3
    and s.bucket >= $4
    and s.bucket < $5
  group by 1, 2, 3
  union all
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    sum(s."__rows")::bigint as "__rows",
    sum(s."kwh__n")::bigint as "kwh__n",
    sum(s."kwh__sum")::numeric as "kwh__sum",
    min(s."kwh__min") as "kwh__min",
    max(s."kwh__max") as "kwh__max",
    sum(s."kwh__squares")::numeric as "kwh__squares",
    min(s."kwh__first") as "kwh__first",
    max(s."kwh__last") as "kwh__last",
    sum(s."watts__sum")::double precision as "watts__sum",
    sum(s."watts__n")::bigint as "watts__n",
    rollup.merge_moments(s."watts__moments") as "watts__moments",
    sum(s."pulses__sum")::numeric as "pulses__sum",
    sum(s."pulses__n")::bigint as "pulses__n",
    sum(s."pulses__squares")::numeric as "pulses__squares",
    max(s."pulses__last") as "pulses__last",
    bool_and(s."ok__bool_and") as "ok__bool_and",
    bool_or(s."ok__bool_or") as "ok__bool_or",
    max(s."ok__last") as "ok__last",
    min(s."note__min") as "note__min",
    max(s."note__max") as "note__max",
    min(s."note__first") as "note__first",
    max(s."note__last") as "note__last"
  from keys k
  join silver."meters_15m" s
    on s.bucket >= k.bucket
      and s.bucket < rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s.bucket)), 'Europe/Berlin') = k.bucket
      and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
      and (k."site" is null) = (s."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
  where (k."site" is null or k."Phase ""n""" is null)
    and tstzrange(k.bucket, rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')) <@ $3
    and s.bucket >= $4
    and s.bucket < $5
  group by 1, 2, 3
),
-- Where it does not.
from_source as (
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from keys k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
      and s."site" = k."site"
      and s."Phase ""n""" = k."Phase ""n"""
  where not (k."site" is null or k."Phase ""n""" is null)
    and s."Read At" >= $4
    and s."Read At" < $5
    and not tstzrange(k.bucket, rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')) <@ $3
  group by 1, 2, 3
  union all
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from keys k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
      and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
      and (k."site" is null) = (s."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
  where (k."site" is null or k."Phase ""n""" is null)
    and s."Read At" >= $4
    and s."Read At" < $5
    and not tstzrange(k.bucket, rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')) <@ $3
  group by 1, 2, 3
),
fresh as materialized (
  select * from from_finer
  union all
  select * from from_source
),
written as (
  insert into silver."meters_1d" as t (
    bucket,
    "site",
    "Phase ""n""",
    "__rows",
    "kwh__n",
    "kwh__sum",
    "kwh__min",
    "kwh__max",
    "kwh__squares",
    "kwh__first",
    "kwh__last",
    "watts__sum",
    "watts__n",
    "watts__moments",
    "pulses__sum",
    "pulses__n",
    "pulses__squares",
    "pulses__last",
    "ok__bool_and",
    "ok__bool_or",
    "ok__last",
    "note__min",
    "note__max",
    "note__first",
    "note__last"
  )
  select *
  from fresh
  order by "site", "Phase ""n""", bucket
  on conflict ("site", "Phase ""n""", bucket) do update set
    "__rows" = excluded."__rows",
    "kwh__n" = excluded."kwh__n",
    "kwh__sum" = excluded."kwh__sum",
    "kwh__min" = excluded."kwh__min",
    "kwh__max" = excluded."kwh__max",
    "kwh__squares" = excluded."kwh__squares",
    "kwh__first" = excluded."kwh__first",
    "kwh__last" = excluded."kwh__last",
    "watts__sum" = excluded."watts__sum",
    "watts__n" = excluded."watts__n",
    "watts__moments" = excluded."watts__moments",
    "pulses__sum" = excluded."pulses__sum",
    "pulses__n" = excluded."pulses__n",
    "pulses__squares" = excluded."pulses__squares",
    "pulses__last" = excluded."pulses__last",
    "ok__bool_and" = excluded."ok__bool_and",
    "ok__bool_or" = excluded."ok__bool_or",
    "ok__last" = excluded."ok__last",
    "note__min" = excluded."note__min",
    "note__max" = excluded."note__max",
    "note__first" = excluded."note__first",
    "note__last" = excluded."note__last"
  where record_image_ne(row(t."__rows", t."kwh__n", t."kwh__sum", t."kwh__min", t."kwh__max", t."kwh__squares", t."kwh__first", t."kwh__last", t."watts__sum", t."watts__n", t."watts__moments", t."pulses__sum", t."pulses__n", t."pulses__squares", t."pulses__last", t."ok__bool_and", t."ok__bool_or", t."ok__last", t."note__min", t."note__max", t."note__first", t."note__last"), row(excluded."__rows", excluded."kwh__n", excluded."kwh__sum", excluded."kwh__min", excluded."kwh__max", excluded."kwh__squares", excluded."kwh__first", excluded."kwh__last", excluded."watts__sum", excluded."watts__n", excluded."watts__moments", excluded."pulses__sum", excluded."pulses__n", excluded."pulses__squares", excluded."pulses__last", excluded."ok__bool_and", excluded."ok__bool_or", excluded."ok__last", excluded."note__min", excluded."note__max", excluded."note__first", excluded."note__last"))
  returning 1
),
-- Keys that have no source rows any more.
vanished as materialized (
  select * from keys
  except
  select bucket, "site", "Phase ""n""" from fresh
),
gone as (
  delete from silver."meters_1d" t
  using vanished k
  where t.bucket = k.bucket
    and t."site" = k."site"
    and t."Phase ""n""" = k."Phase ""n"""
    and not (k."site" is null or k."Phase ""n""" is null)
  returning 1
),
gone_null as (
  delete from silver."meters_1d" t
  using vanished k
  where t.bucket = k.bucket
    and coalesce(k."site", 0::integer) = coalesce(t."site", 0::integer)
    and (k."site" is null) = (t."site" is null)
    and coalesce(k."Phase ""n""", ''::text) = coalesce(t."Phase ""n""", ''::text)
    and (k."Phase ""n""" is null) = (t."Phase ""n""" is null)
    and (k."site" is null or k."Phase ""n""" is null)
  returning 1
)
select
  (select count(*) from keys) as keys,
  (select count(*) from written) as written,
  (select count(*) from gone) + (select count(*) from gone_null) as removed;

-- 1d statement materialize
insert into silver."meters_1d" (
  bucket,
  "site",
  "Phase ""n""",
  "__rows",
  "kwh__n",
  "kwh__sum",
  "kwh__min",
  "kwh__max",
  "kwh__squares",
  "kwh__first",
  "kwh__last",
  "watts__sum",
  "watts__n",
  "watts__moments",
  "pulses__sum",
  "pulses__n",
  "pulses__squares",
  "pulses__last",
  "ok__bool_and",
  "ok__bool_or",
  "ok__last",
  "note__min",
  "note__max",
  "note__first",
  "note__last"
)
select *
from (
  select
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s.bucket)), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n""",
    sum(s."__rows")::bigint as "__rows",
    sum(s."kwh__n")::bigint as "kwh__n",
    sum(s."kwh__sum")::numeric as "kwh__sum",
    min(s."kwh__min") as "kwh__min",
    max(s."kwh__max") as "kwh__max",
    sum(s."kwh__squares")::numeric as "kwh__squares",
    min(s."kwh__first") as "kwh__first",
    max(s."kwh__last") as "kwh__last",
    sum(s."watts__sum")::double precision as "watts__sum",
    sum(s."watts__n")::bigint as "watts__n",
    rollup.merge_moments(s."watts__moments") as "watts__moments",
    sum(s."pulses__sum")::numeric as "pulses__sum",
    sum(s."pulses__n")::bigint as "pulses__n",
    sum(s."pulses__squares")::numeric as "pulses__squares",
    max(s."pulses__last") as "pulses__last",
    bool_and(s."ok__bool_and") as "ok__bool_and",
    bool_or(s."ok__bool_or") as "ok__bool_or",
    max(s."ok__last") as "ok__last",
    min(s."note__min") as "note__min",
    max(s."note__max") as "note__max",
    min(s."note__first") as "note__first",
    max(s."note__last") as "note__last"
  from silver."meters_15m" s
  where s.bucket >= $1
    and s.bucket < $2
  group by 1, 2, 3
  -- A fence: without it all rows are sorted to group them, which costs more than to hash them and sort the groups.
  offset 0
) fresh
order by 2, 3, 1;

-- 1d statement materializeFromSource
insert into silver."meters_1d" (
  bucket,
  "site",
  "Phase ""n""",
  "__rows",
  "kwh__n",
  "kwh__sum",
  "kwh__min",
  "kwh__max",
  "kwh__squares",
  "kwh__first",
  "kwh__last",
  "watts__sum",
  "watts__n",
  "watts__moments",
  "pulses__sum",
  "pulses__n",
  "pulses__squares",
  "pulses__last",
  "ok__bool_and",
  "ok__bool_or",
  "ok__last",
  "note__min",
  "note__max",
  "note__first",
  "note__last"
)
select *
from (
  select
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" >= $1
    and s."Read At" < $2
  group by 1, 2, 3
  -- A fence: without it all rows are sorted to group them, which costs more than to hash them and sort the groups.
  offset 0
) fresh
order by 2, 3, 1;

-- 1d statement keys
select coalesce(array_agg((k.*)::text), '{}')
from (
  select distinct
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s.bucket)), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n"""
  from silver."meters_15m" s
  where s.bucket >= $1
    and s.bucket < $2
) k;

-- 1d statement keysFromSource
select coalesce(array_agg((k.*)::text), '{}')
from (
  select distinct
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n"""
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" >= $1
    and s."Read At" < $2
) k;

-- 1d statement clear
delete from silver."meters_1d" where bucket >= $1 and bucket < $2;

-- 1d statement mergeLate
insert into silver."meters_1d" as t (
  bucket,
  "site",
  "Phase ""n""",
  "__rows",
  "kwh__n",
  "kwh__sum",
  "kwh__min",
  "kwh__max",
  "kwh__squares",
  "kwh__first",
  "kwh__last",
  "watts__sum",
  "watts__n",
  "watts__moments",
  "pulses__sum",
  "pulses__n",
  "pulses__squares",
  "pulses__last",
  "ok__bool_and",
  "ok__bool_or",
  "ok__last",
  "note__min",
  "note__max",
  "note__first",
  "note__last"
)
select
  rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', l.bucket)), 'Europe/Berlin') as bucket,
  l."site",
  l."Phase ""n""",
  sum(l."__rows")::bigint as "__rows",
  sum(l."kwh__n")::bigint as "kwh__n",
  sum(l."kwh__sum")::numeric as "kwh__sum",
  min(l."kwh__min") as "kwh__min",
  max(l."kwh__max") as "kwh__max",
  sum(l."kwh__squares")::numeric as "kwh__squares",
  min(l."kwh__first") as "kwh__first",
  max(l."kwh__last") as "kwh__last",
  sum(l."watts__sum")::double precision as "watts__sum",
  sum(l."watts__n")::bigint as "watts__n",
  rollup.merge_moments(l."watts__moments") as "watts__moments",
  sum(l."pulses__sum")::numeric as "pulses__sum",
  sum(l."pulses__n")::bigint as "pulses__n",
  sum(l."pulses__squares")::numeric as "pulses__squares",
  max(l."pulses__last") as "pulses__last",
  bool_and(l."ok__bool_and") as "ok__bool_and",
  bool_or(l."ok__bool_or") as "ok__bool_or",
  max(l."ok__last") as "ok__last",
  min(l."note__min") as "note__min",
  max(l."note__max") as "note__max",
  min(l."note__first") as "note__first",
  max(l."note__last") as "note__last"
from unnest($1::rollup."late_meters"[]) l
where rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', l.bucket)), 'Europe/Berlin') >= $2
group by 1, 2, 3
on conflict ("site", "Phase ""n""", bucket) do update set
  "__rows" = coalesce(t."__rows" + excluded."__rows", t."__rows", excluded."__rows"),
  "kwh__n" = coalesce(t."kwh__n" + excluded."kwh__n", t."kwh__n", excluded."kwh__n"),
  "kwh__sum" = coalesce(t."kwh__sum" + excluded."kwh__sum", t."kwh__sum", excluded."kwh__sum"),
  "kwh__min" = least(t."kwh__min", excluded."kwh__min"),
  "kwh__max" = greatest(t."kwh__max", excluded."kwh__max"),
  "kwh__squares" = coalesce(t."kwh__squares" + excluded."kwh__squares", t."kwh__squares", excluded."kwh__squares"),
  "kwh__first" = least(t."kwh__first", excluded."kwh__first"),
  "kwh__last" = greatest(t."kwh__last", excluded."kwh__last"),
  "watts__sum" = coalesce(t."watts__sum" + excluded."watts__sum", t."watts__sum", excluded."watts__sum"),
  "watts__n" = coalesce(t."watts__n" + excluded."watts__n", t."watts__n", excluded."watts__n"),
  "watts__moments" = coalesce(float8_combine(t."watts__moments", excluded."watts__moments"), t."watts__moments", excluded."watts__moments"),
  "pulses__sum" = coalesce(t."pulses__sum" + excluded."pulses__sum", t."pulses__sum", excluded."pulses__sum"),
  "pulses__n" = coalesce(t."pulses__n" + excluded."pulses__n", t."pulses__n", excluded."pulses__n"),
  "pulses__squares" = coalesce(t."pulses__squares" + excluded."pulses__squares", t."pulses__squares", excluded."pulses__squares"),
  "pulses__last" = greatest(t."pulses__last", excluded."pulses__last"),
  "ok__bool_and" = coalesce(t."ok__bool_and" and excluded."ok__bool_and", t."ok__bool_and", excluded."ok__bool_and"),
  "ok__bool_or" = coalesce(t."ok__bool_or" or excluded."ok__bool_or", t."ok__bool_or", excluded."ok__bool_or"),
  "ok__last" = greatest(t."ok__last", excluded."ok__last"),
  "note__min" = least(t."note__min", excluded."note__min"),
  "note__max" = greatest(t."note__max", excluded."note__max"),
  "note__first" = least(t."note__first", excluded."note__first"),
  "note__last" = greatest(t."note__last", excluded."note__last");

-- 1d statement byName
select
  rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') as bucket,
  s."site",
  s."Phase ""n""",
  count(*) as "__rows",
  count(s."kwh") as "kwh__n",
  sum(s."kwh") as "kwh__sum",
  min(s."kwh") as "kwh__min",
  max(s."kwh") as "kwh__max",
  sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
  min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
  max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
  sum(s."watts"::double precision) as "watts__sum",
  count(s."watts") as "watts__n",
  rollup.moments(s."watts") as "watts__moments",
  sum(s."pulses") as "pulses__sum",
  count(s."pulses") as "pulses__n",
  sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
  max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
  bool_and(s."ok") as "ok__bool_and",
  bool_or(s."ok") as "ok__bool_or",
  max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
  min(s."note") as "note__min",
  max(s."note") as "note__max",
  min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
  max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
from rollup.ranges($1) r
join source s
  on s."Read At" >= r.lower_at
    and s."Read At" <= r.upper_at
    and s."Read At" <@ r.range
group by 1, 2, 3;

-- 1d statement bucketStart
select rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', $1::timestamptz)), 'Europe/Berlin');

-- 1d statement bucketCeiling
select case when rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', $1::timestamptz)), 'Europe/Berlin') = $1::timestamptz then $1::timestamptz else rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', $1::timestamptz)), 'Europe/Berlin'))) + interval '1 days', 'Europe/Berlin') end;

-- 1d as a plain GROUP BY
select
  rollup.calendar_start(g.__key, 'Europe/Berlin') as bucket,
  g."site",
  g."Phase ""n""",
  g."row_count",
  g."kwh_count",
  g."kwh_sum",
  g."kwh_avg",
  g."kwh_min",
  g."kwh_max",
  g."kwh_stddev",
  g."kwh_variance",
  g."kwh_first",
  g."kwh_last",
  g."watts_sum",
  g."watts_avg",
  g."watts_stddev",
  g."pulses_sum",
  g."pulses_stddev",
  g."pulses_last",
  g."ok_bool_and",
  g."ok_bool_or",
  g."ok_last",
  g."note_min",
  g."note_max",
  g."note_first",
  g."note_last"
from (
  select
    date_trunc('day', timezone('Europe/Berlin', s."Read At")) as __key,
    s."site",
    s."Phase ""n""",
    count(*) as "row_count",
    count(s."kwh") as "kwh_count",
    sum(s."kwh") as "kwh_sum",
    avg(s."kwh") as "kwh_avg",
    min(s."kwh") as "kwh_min",
    max(s."kwh") as "kwh_max",
    stddev(s."kwh") as "kwh_stddev",
    variance(s."kwh") as "kwh_variance",
    (min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null))[2]::numeric(12,3) as "kwh_first",
    (max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null))[2]::numeric(12,3) as "kwh_last",
    sum(s."watts"::double precision) as "watts_sum",
    avg(s."watts") as "watts_avg",
    stddev(s."watts"::double precision) as "watts_stddev",
    sum(s."pulses") as "pulses_sum",
    stddev(s."pulses") as "pulses_stddev",
    (max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null))[2]::bigint as "pulses_last",
    bool_and(s."ok") as "ok_bool_and",
    bool_or(s."ok") as "ok_bool_or",
    ((max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null))[2] = 1) as "ok_last",
    min(s."note") as "note_min",
    max(s."note") as "note_max",
    (min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null))[2]::text as "note_first",
    (max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null))[2]::text as "note_last"
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" is not null
  group by 1, 2, 3
) g;

-- tier 1mo, partitions every (none)

create table silver."meters_1mo" (
  bucket timestamptz not null,
  "site" integer,
  "Phase ""n""" text collate pg_catalog."de_DE",
  "__rows" bigint,
  "kwh__n" bigint,
  "kwh__sum" numeric,
  "kwh__min" numeric(12,3),
  "kwh__max" numeric(12,3),
  "kwh__squares" numeric,
  "kwh__first" numeric[],
  "kwh__last" numeric[],
  "watts__sum" double precision,
  "watts__n" bigint,
  "watts__moments" double precision[],
  "pulses__sum" numeric,
  "pulses__n" bigint,
  "pulses__squares" numeric,
  "pulses__last" numeric[],
  "ok__bool_and" boolean,
  "ok__bool_or" boolean,
  "ok__last" double precision[],
  "note__min" text,
  "note__max" text,
  "note__first" text[] collate "C",
  "note__last" text[] collate "C"
);
create unique index "meters_1mo_key" on silver."meters_1mo" ("site", "Phase ""n""", bucket) nulls not distinct;
create index "meters_1mo_bucket" on silver."meters_1mo" (bucket);
comment on table silver."meters_1mo" is 'State of rollup meters, tier 1 month. Query the view of the same name in gold.';

create or replace view gold."meters_1mo" (
  bucket,
  "site",
  "Phase ""n""",
  "row_count",
  "kwh_count",
  "kwh_sum",
  "kwh_avg",
  "kwh_min",
  "kwh_max",
  "kwh_stddev",
  "kwh_variance",
  "kwh_first",
  "kwh_last",
  "watts_sum",
  "watts_avg",
  "watts_stddev",
  "pulses_sum",
  "pulses_stddev",
  "pulses_last",
  "ok_bool_and",
  "ok_bool_or",
  "ok_last",
  "note_min",
  "note_max",
  "note_first",
  "note_last"
) as
with
pending as materialized (
  select
    coalesce(range_agg(p.range), '{}') as ranges,
    coalesce((select sealed from rollup.timeseries_rollup_config where name = 'meters'), '{}') as sealed,
    (select rollup.source_trust('meters')) as trust
  from (
    select range
    from rollup.dirty_range
    where rollup = 'meters'
    union all
    select rollup.partition_range(pg_get_expr(c.relpartbound, c.oid))
    from pg_partition_tree('"raw"."Meter ""x"" Readings"'::regclass) l
    join pg_class c on c.oid = l.relid
    where l.level > 0
      and not exists (select from rollup.source_leaf k where k.rollup = 'meters' and k.relid = l.relid)
    union all
    select k.range
    from rollup.source_leaf k
    where k.rollup = 'meters'
      and k.range = tstzrange('-infinity', null)
      and not exists (select from pg_partition_tree('"raw"."Meter ""x"" Readings"'::regclass) l where l.relid = k.relid)
  ) p
),
covered as materialized (
  select
    (case when trust = 'coverage' then coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 0), '{}') else coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 0), '{}') * sealed end) - (
      select coalesce(range_agg(tstzrange(
        date_bin(interval '900 seconds', r.lower_at, timestamptz '2000-01-03 00:00:00+00'),
        case when date_bin(interval '900 seconds', r.upper_at, timestamptz '2000-01-03 00:00:00+00') = r.upper_at then r.upper_at else date_bin(interval '900 seconds', r.upper_at, timestamptz '2000-01-03 00:00:00+00') + interval '900 seconds' end
      )), '{}') - pending.sealed
      from rollup.ranges(pending.ranges) r
    ) as covered_15m,
    (case when trust = 'coverage' then coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 1), '{}') else coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 1), '{}') * sealed end) - (
      select coalesce(range_agg(tstzrange(
        rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', r.lower_at)), 'Europe/Berlin'),
        case when rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', r.upper_at)), 'Europe/Berlin') = r.upper_at then r.upper_at else rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', r.upper_at)), 'Europe/Berlin'))) + interval '1 days', 'Europe/Berlin') end
      )), '{}') - pending.sealed
      from rollup.ranges(pending.ranges) r
    ) as covered_1d,
    (case when trust = 'coverage' then coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 2), '{}') else coalesce((select coverage from rollup.timeseries_tier where rollup = 'meters' and ordinal = 2), '{}') * sealed end) - (
      select coalesce(range_agg(tstzrange(
        rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', r.lower_at)), 'Europe/Berlin'),
        case when rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', r.upper_at)), 'Europe/Berlin') = r.upper_at then r.upper_at else rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', r.upper_at)), 'Europe/Berlin'))) + interval '1 months', 'Europe/Berlin') end
      )), '{}') - pending.sealed
      from rollup.ranges(pending.ranges) r
    ) as covered_1mo,
    sealed,
    trust,
    coalesce((select retained_from from rollup.timeseries_tier where rollup = 'meters' and ordinal = 2), '-infinity') as retained_from
  from pending
),
shares as materialized (
  select
    covered_1mo as share_1mo,
    (tstzmultirange(tstzrange(retained_from, null)) - covered_1mo) * covered_1d as share_1d,
    ((tstzmultirange(tstzrange(retained_from, null)) - covered_1mo) - covered_1d) * covered_15m as share_15m,
    case when trust = 'names' then '{}' else (((tstzmultirange(tstzrange(retained_from, null)) - covered_1mo) - covered_1d) - covered_15m) - sealed end as share_source,
    case when trust = 'names' then (((tstzmultirange(tstzrange(retained_from, null)) - covered_1mo) - covered_1d) - covered_15m) - sealed else '{}' end as share_names,
    sealed
  from covered
),
dirty_15m as materialized (
  select distinct
    date_bin(interval '900 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') as bucket,
    d."site",
    d."Phase ""n"""
  from rollup."dirty_meters" d
  where date_bin(interval '900 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') <@ (select share_15m from shares)
    and not d.bucket <@ (select sealed from shares)
),
dirty_1d as materialized (
  select distinct
    rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') as bucket,
    d."site",
    d."Phase ""n"""
  from rollup."dirty_meters" d
  where rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') <@ (select share_1d from shares)
    and not d.bucket <@ (select sealed from shares)
),
dirty_1mo as materialized (
  select distinct
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') as bucket,
    d."site",
    d."Phase ""n"""
  from rollup."dirty_meters" d
  where rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') <@ (select share_1mo from shares)
    and not d.bucket <@ (select sealed from shares)
),
from_tier as (
  select
    t.bucket,
    t."site",
    t."Phase ""n""",
    t."__rows",
    t."kwh__n",
    t."kwh__sum",
    t."kwh__min",
    t."kwh__max",
    t."kwh__squares",
    t."kwh__first",
    t."kwh__last",
    t."watts__sum",
    t."watts__n",
    t."watts__moments",
    t."pulses__sum",
    t."pulses__n",
    t."pulses__squares",
    t."pulses__last",
    t."ok__bool_and",
    t."ok__bool_or",
    t."ok__last",
    t."note__min",
    t."note__max",
    t."note__first",
    t."note__last"
  from silver."meters_1mo" t
  where t.bucket <@ (select share_1mo from shares)
    and not exists (
      select from dirty_1mo k
      where k.bucket = t.bucket
        and coalesce(k."site", 0::integer) = coalesce(t."site", 0::integer)
        and (k."site" is null) = (t."site" is null)
        and coalesce(k."Phase ""n""", ''::text) = coalesce(t."Phase ""n""", ''::text)
        and (k."Phase ""n""" is null) = (t."Phase ""n""" is null)
    )
),
from_finer_1d as (
  select
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', t.bucket)), 'Europe/Berlin') as bucket,
    t."site",
    t."Phase ""n""",
    t."__rows",
    t."kwh__n",
    t."kwh__sum",
    t."kwh__min",
    t."kwh__max",
    t."kwh__squares",
    t."kwh__first",
    t."kwh__last",
    t."watts__sum",
    t."watts__n",
    t."watts__moments",
    t."pulses__sum",
    t."pulses__n",
    t."pulses__squares",
    t."pulses__last",
    t."ok__bool_and",
    t."ok__bool_or",
    t."ok__last",
    t."note__min",
    t."note__max",
    t."note__first",
    t."note__last"
  from rollup.ranges((select share_1d from shares)) r
  join silver."meters_1d" t
    on t.bucket >= r.lower_at
      and t.bucket < r.upper_at
  where not exists (
    select from dirty_1d k
    where k.bucket = t.bucket
      and coalesce(k."site", 0::integer) = coalesce(t."site", 0::integer)
      and (k."site" is null) = (t."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(t."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (t."Phase ""n""" is null)
  )
),
from_finer_15m as (
  select
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', t.bucket)), 'Europe/Berlin') as bucket,
    t."site",
    t."Phase ""n""",
    t."__rows",
    t."kwh__n",
    t."kwh__sum",
    t."kwh__min",
    t."kwh__max",
    t."kwh__squares",
    t."kwh__first",
    t."kwh__last",
    t."watts__sum",
    t."watts__n",
    t."watts__moments",
    t."pulses__sum",
    t."pulses__n",
    t."pulses__squares",
    t."pulses__last",
    t."ok__bool_and",
    t."ok__bool_or",
    t."ok__last",
    t."note__min",
    t."note__max",
    t."note__first",
    t."note__last"
  from rollup.ranges((select share_15m from shares)) r
  join silver."meters_15m" t
    on t.bucket >= r.lower_at
      and t.bucket < r.upper_at
  where not exists (
    select from dirty_15m k
    where k.bucket = t.bucket
      and coalesce(k."site", 0::integer) = coalesce(t."site", 0::integer)
      and (k."site" is null) = (t."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(t."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (t."Phase ""n""" is null)
  )
),
fresh_1mo as (
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from dirty_1mo k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
      and s."site" = k."site"
      and s."Phase ""n""" = k."Phase ""n"""
  where not (k."site" is null or k."Phase ""n""" is null)
  group by 1, 2, 3
  union all
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from dirty_1mo k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
      and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
      and (k."site" is null) = (s."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
  where (k."site" is null or k."Phase ""n""" is null)
  group by 1, 2, 3
),
fresh_1d as (
  select
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', x.bucket)), 'Europe/Berlin') as bucket,
    x."site",
    x."Phase ""n""",
    x."__rows",
    x."kwh__n",
    x."kwh__sum",
    x."kwh__min",
    x."kwh__max",
    x."kwh__squares",
    x."kwh__first",
    x."kwh__last",
    x."watts__sum",
    x."watts__n",
    x."watts__moments",
    x."pulses__sum",
    x."pulses__n",
    x."pulses__squares",
    x."pulses__last",
    x."ok__bool_and",
    x."ok__bool_or",
    x."ok__last",
    x."note__min",
    x."note__max",
    x."note__first",
    x."note__last"
  from (
    select
      k.bucket,
      k."site",
      k."Phase ""n""",
      count(*) as "__rows",
      count(s."kwh") as "kwh__n",
      sum(s."kwh") as "kwh__sum",
      min(s."kwh") as "kwh__min",
      max(s."kwh") as "kwh__max",
      sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
      min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
      max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
      sum(s."watts"::double precision) as "watts__sum",
      count(s."watts") as "watts__n",
      rollup.moments(s."watts") as "watts__moments",
      sum(s."pulses") as "pulses__sum",
      count(s."pulses") as "pulses__n",
      sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
      max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
      bool_and(s."ok") as "ok__bool_and",
      bool_or(s."ok") as "ok__bool_or",
      max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
      min(s."note") as "note__min",
      max(s."note") as "note__max",
      min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
      max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
    from dirty_1d k
    join "raw"."Meter ""x"" Readings" s
      on s."Read At" >= k.bucket
        and s."Read At" < rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')
        and rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
        and s."site" = k."site"
        and s."Phase ""n""" = k."Phase ""n"""
    where not (k."site" is null or k."Phase ""n""" is null)
    group by 1, 2, 3
    union all
    select
      k.bucket,
      k."site",
      k."Phase ""n""",
      count(*) as "__rows",
      count(s."kwh") as "kwh__n",
      sum(s."kwh") as "kwh__sum",
      min(s."kwh") as "kwh__min",
      max(s."kwh") as "kwh__max",
      sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
      min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
      max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
      sum(s."watts"::double precision) as "watts__sum",
      count(s."watts") as "watts__n",
      rollup.moments(s."watts") as "watts__moments",
      sum(s."pulses") as "pulses__sum",
      count(s."pulses") as "pulses__n",
      sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
      max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
      bool_and(s."ok") as "ok__bool_and",
      bool_or(s."ok") as "ok__bool_or",
      max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
      min(s."note") as "note__min",
      max(s."note") as "note__max",
      min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
      max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
    from dirty_1d k
    join "raw"."Meter ""x"" Readings" s
      on s."Read At" >= k.bucket
        and s."Read At" < rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', k.bucket)) + interval '1 days', 'Europe/Berlin')
        and rollup.calendar_start(date_trunc('day', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
        and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
        and (k."site" is null) = (s."site" is null)
        and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
        and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
    where (k."site" is null or k."Phase ""n""" is null)
    group by 1, 2, 3
  ) x
),
fresh_15m as (
  select
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', x.bucket)), 'Europe/Berlin') as bucket,
    x."site",
    x."Phase ""n""",
    x."__rows",
    x."kwh__n",
    x."kwh__sum",
    x."kwh__min",
    x."kwh__max",
    x."kwh__squares",
    x."kwh__first",
    x."kwh__last",
    x."watts__sum",
    x."watts__n",
    x."watts__moments",
    x."pulses__sum",
    x."pulses__n",
    x."pulses__squares",
    x."pulses__last",
    x."ok__bool_and",
    x."ok__bool_or",
    x."ok__last",
    x."note__min",
    x."note__max",
    x."note__first",
    x."note__last"
  from (
    select
      k.bucket,
      k."site",
      k."Phase ""n""",
      count(*) as "__rows",
      count(s."kwh") as "kwh__n",
      sum(s."kwh") as "kwh__sum",
      min(s."kwh") as "kwh__min",
      max(s."kwh") as "kwh__max",
      sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
      min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
      max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
      sum(s."watts"::double precision) as "watts__sum",
      count(s."watts") as "watts__n",
      rollup.moments(s."watts") as "watts__moments",
      sum(s."pulses") as "pulses__sum",
      count(s."pulses") as "pulses__n",
      sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
      max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
      bool_and(s."ok") as "ok__bool_and",
      bool_or(s."ok") as "ok__bool_or",
      max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
      min(s."note") as "note__min",
      max(s."note") as "note__max",
      min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
      max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
    from dirty_15m k
    join "raw"."Meter ""x"" Readings" s
      on s."Read At" >= k.bucket
        and s."Read At" < k.bucket + interval '900 seconds'
        and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = k.bucket
        and s."site" = k."site"
        and s."Phase ""n""" = k."Phase ""n"""
    where not (k."site" is null or k."Phase ""n""" is null)
    group by 1, 2, 3
    union all
    select
      k.bucket,
      k."site",
      k."Phase ""n""",
      count(*) as "__rows",
      count(s."kwh") as "kwh__n",
      sum(s."kwh") as "kwh__sum",
      min(s."kwh") as "kwh__min",
      max(s."kwh") as "kwh__max",
      sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
      min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
      max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
      sum(s."watts"::double precision) as "watts__sum",
      count(s."watts") as "watts__n",
      rollup.moments(s."watts") as "watts__moments",
      sum(s."pulses") as "pulses__sum",
      count(s."pulses") as "pulses__n",
      sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
      max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
      bool_and(s."ok") as "ok__bool_and",
      bool_or(s."ok") as "ok__bool_or",
      max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
      min(s."note") as "note__min",
      max(s."note") as "note__max",
      min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
      max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
    from dirty_15m k
    join "raw"."Meter ""x"" Readings" s
      on s."Read At" >= k.bucket
        and s."Read At" < k.bucket + interval '900 seconds'
        and date_bin(interval '900 seconds', s."Read At", timestamptz '2000-01-03 00:00:00+00') = k.bucket
        and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
        and (k."site" is null) = (s."site" is null)
        and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
        and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
    where (k."site" is null or k."Phase ""n""" is null)
    group by 1, 2, 3
  ) x
),
from_source as (
  select
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from rollup.ranges((select share_source from shares)) r
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= r.lower_at
      and s."Read At" <= r.upper_at
      and s."Read At" <@ r.range
  group by 1, 2, 3
),
by_name as (
  select n.*
  from rollup.rows_by_name('meters', 2, (select share_names from shares)) as n(
    bucket timestamptz,
    "site" integer,
    "Phase ""n""" text collate pg_catalog."de_DE",
    "__rows" bigint,
    "kwh__n" bigint,
    "kwh__sum" numeric,
    "kwh__min" numeric(12,3),
    "kwh__max" numeric(12,3),
    "kwh__squares" numeric,
    "kwh__first" numeric[],
    "kwh__last" numeric[],
    "watts__sum" double precision,
    "watts__n" bigint,
    "watts__moments" double precision[],
    "pulses__sum" numeric,
    "pulses__n" bigint,
    "pulses__squares" numeric,
    "pulses__last" numeric[],
    "ok__bool_and" boolean,
    "ok__bool_or" boolean,
    "ok__last" double precision[],
    "note__min" text,
    "note__max" text,
    "note__first" text[] collate "C",
    "note__last" text[] collate "C"
  )
  where (select share_names from shares) <> '{}'
),
merged as (
  select
    u.bucket,
    u."site",
    u."Phase ""n""",
    sum(u."__rows")::bigint as "__rows",
    sum(u."kwh__n")::bigint as "kwh__n",
    sum(u."kwh__sum")::numeric as "kwh__sum",
    min(u."kwh__min") as "kwh__min",
    max(u."kwh__max") as "kwh__max",
    sum(u."kwh__squares")::numeric as "kwh__squares",
    min(u."kwh__first") as "kwh__first",
    max(u."kwh__last") as "kwh__last",
    sum(u."watts__sum")::double precision as "watts__sum",
    sum(u."watts__n")::bigint as "watts__n",
    rollup.merge_moments(u."watts__moments") as "watts__moments",
    sum(u."pulses__sum")::numeric as "pulses__sum",
    sum(u."pulses__n")::bigint as "pulses__n",
    sum(u."pulses__squares")::numeric as "pulses__squares",
    max(u."pulses__last") as "pulses__last",
    bool_and(u."ok__bool_and") as "ok__bool_and",
    bool_or(u."ok__bool_or") as "ok__bool_or",
    max(u."ok__last") as "ok__last",
    min(u."note__min") as "note__min",
    max(u."note__max") as "note__max",
    min(u."note__first") as "note__first",
    max(u."note__last") as "note__last"
  from (
    select * from from_finer_1d
    union all
    select * from from_finer_15m
    union all
    select * from fresh_1mo
    union all
    select * from fresh_1d
    union all
    select * from fresh_15m
    union all
    select * from from_source
    union all
    select * from by_name
  ) u
  group by 1, 2, 3
)
select
  t.bucket,
  t."site",
  t."Phase ""n""",
  t."__rows" as "row_count",
  t."kwh__n" as "kwh_count",
  t."kwh__sum" as "kwh_sum",
  t."kwh__sum"::numeric / nullif(t."kwh__n", 0) as "kwh_avg",
  t."kwh__min" as "kwh_min",
  t."kwh__max" as "kwh_max",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when t."kwh__n" > 1 then case when t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum" <= 0 then 0 else (t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum") / (t."kwh__n"::numeric * (t."kwh__n" - 1)) end end) as d(v)) as "kwh_stddev",
  case when t."kwh__n" > 1 then case when t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum" <= 0 then 0 else (t."kwh__n" * t."kwh__squares" - t."kwh__sum"::numeric * t."kwh__sum") / (t."kwh__n"::numeric * (t."kwh__n" - 1)) end end as "kwh_variance",
  (t."kwh__first")[2]::numeric(12,3) as "kwh_first",
  (t."kwh__last")[2]::numeric(12,3) as "kwh_last",
  t."watts__sum" as "watts_sum",
  float8_avg(array[coalesce(t."watts__n", 0), coalesce(t."watts__sum", 0), 0]::double precision[]) as "watts_avg",
  float8_stddev_samp(t."watts__moments") as "watts_stddev",
  t."pulses__sum" as "pulses_sum",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when t."pulses__n" > 1 then case when t."pulses__n" * t."pulses__squares" - t."pulses__sum"::numeric * t."pulses__sum" <= 0 then 0 else (t."pulses__n" * t."pulses__squares" - t."pulses__sum"::numeric * t."pulses__sum") / (t."pulses__n"::numeric * (t."pulses__n" - 1)) end end) as d(v)) as "pulses_stddev",
  (t."pulses__last")[2]::bigint as "pulses_last",
  t."ok__bool_and" as "ok_bool_and",
  t."ok__bool_or" as "ok_bool_or",
  ((t."ok__last")[2] = 1) as "ok_last",
  t."note__min" as "note_min",
  t."note__max" as "note_max",
  (t."note__first")[2]::text as "note_first",
  (t."note__last")[2]::text as "note_last"
from from_tier t
union all
select
  m.bucket,
  m."site",
  m."Phase ""n""",
  m."__rows" as "row_count",
  m."kwh__n" as "kwh_count",
  m."kwh__sum" as "kwh_sum",
  m."kwh__sum"::numeric / nullif(m."kwh__n", 0) as "kwh_avg",
  m."kwh__min" as "kwh_min",
  m."kwh__max" as "kwh_max",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when m."kwh__n" > 1 then case when m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum" <= 0 then 0 else (m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum") / (m."kwh__n"::numeric * (m."kwh__n" - 1)) end end) as d(v)) as "kwh_stddev",
  case when m."kwh__n" > 1 then case when m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum" <= 0 then 0 else (m."kwh__n" * m."kwh__squares" - m."kwh__sum"::numeric * m."kwh__sum") / (m."kwh__n"::numeric * (m."kwh__n" - 1)) end end as "kwh_variance",
  (m."kwh__first")[2]::numeric(12,3) as "kwh_first",
  (m."kwh__last")[2]::numeric(12,3) as "kwh_last",
  m."watts__sum" as "watts_sum",
  float8_avg(array[coalesce(m."watts__n", 0), coalesce(m."watts__sum", 0), 0]::double precision[]) as "watts_avg",
  float8_stddev_samp(m."watts__moments") as "watts_stddev",
  m."pulses__sum" as "pulses_sum",
  (select coalesce(round(sqrt(round(v, scale(v) + 20)), scale(v)), v) from (select case when m."pulses__n" > 1 then case when m."pulses__n" * m."pulses__squares" - m."pulses__sum"::numeric * m."pulses__sum" <= 0 then 0 else (m."pulses__n" * m."pulses__squares" - m."pulses__sum"::numeric * m."pulses__sum") / (m."pulses__n"::numeric * (m."pulses__n" - 1)) end end) as d(v)) as "pulses_stddev",
  (m."pulses__last")[2]::bigint as "pulses_last",
  m."ok__bool_and" as "ok_bool_and",
  m."ok__bool_or" as "ok_bool_or",
  ((m."ok__last")[2] = 1) as "ok_last",
  m."note__min" as "note_min",
  m."note__max" as "note_max",
  (m."note__first")[2]::text as "note_first",
  (m."note__last")[2]::text as "note_last"
from merged m;
comment on view gold."meters_1mo" is 'meters every 1 month (Europe/Berlin): equals the GROUP BY over "raw"."Meter ""x"" Readings" in every snapshot.';

-- 1mo statement recompute
with
keys as materialized (
  select distinct
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') as bucket,
    d."site",
    d."Phase ""n"""
  from unnest($1::rollup."dirty_meters"[]) d
  where rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', d.bucket)), 'Europe/Berlin') <@ $2
),
-- Where the finer tier holds the whole bucket.
from_finer as (
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    sum(s."__rows")::bigint as "__rows",
    sum(s."kwh__n")::bigint as "kwh__n",
    sum(s."kwh__sum")::numeric as "kwh__sum",
    min(s."kwh__min") as "kwh__min",
    max(s."kwh__max") as "kwh__max",
    sum(s."kwh__squares")::numeric as "kwh__squares",
    min(s."kwh__first") as "kwh__first",
    max(s."kwh__last") as "kwh__last",
    sum(s."watts__sum")::double precision as "watts__sum",
    sum(s."watts__n")::bigint as "watts__n",
    rollup.merge_moments(s."watts__moments") as "watts__moments",
    sum(s."pulses__sum")::numeric as "pulses__sum",
    sum(s."pulses__n")::bigint as "pulses__n",
    sum(s."pulses__squares")::numeric as "pulses__squares",
    max(s."pulses__last") as "pulses__last",
    bool_and(s."ok__bool_and") as "ok__bool_and",
    bool_or(s."ok__bool_or") as "ok__bool_or",
    max(s."ok__last") as "ok__last",
    min(s."note__min") as "note__min",
    max(s."note__max") as "note__max",
    min(s."note__first") as "note__first",
    max(s."note__last") as "note__last"
  from keys k
  join silver."meters_1d" s
    on s.bucket >= k.bucket
      and s.bucket < rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s.bucket)), 'Europe/Berlin') = k.bucket
      and s."site" = k."site"
      and s."Phase ""n""" = k."Phase ""n"""
  where not (k."site" is null or k."Phase ""n""" is null)
    and tstzrange(k.bucket, rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')) <@ $3
    and s.bucket >= $4
    and s.bucket < $5
  group by 1, 2, 3
  union all
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    sum(s."__rows")::bigint as "__rows",
    sum(s."kwh__n")::bigint as "kwh__n",
    sum(s."kwh__sum")::numeric as "kwh__sum",
    min(s."kwh__min") as "kwh__min",
    max(s."kwh__max") as "kwh__max",
    sum(s."kwh__squares")::numeric as "kwh__squares",
    min(s."kwh__first") as "kwh__first",
    max(s."kwh__last") as "kwh__last",
    sum(s."watts__sum")::double precision as "watts__sum",
    sum(s."watts__n")::bigint as "watts__n",
    rollup.merge_moments(s."watts__moments") as "watts__moments",
    sum(s."pulses__sum")::numeric as "pulses__sum",
    sum(s."pulses__n")::bigint as "pulses__n",
    sum(s."pulses__squares")::numeric as "pulses__squares",
    max(s."pulses__last") as "pulses__last",
    bool_and(s."ok__bool_and") as "ok__bool_and",
    bool_or(s."ok__bool_or") as "ok__bool_or",
    max(s."ok__last") as "ok__last",
    min(s."note__min") as "note__min",
    max(s."note__max") as "note__max",
    min(s."note__first") as "note__first",
    max(s."note__last") as "note__last"
  from keys k
  join silver."meters_1d" s
    on s.bucket >= k.bucket
      and s.bucket < rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s.bucket)), 'Europe/Berlin') = k.bucket
      and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
      and (k."site" is null) = (s."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
  where (k."site" is null or k."Phase ""n""" is null)
    and tstzrange(k.bucket, rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')) <@ $3
    and s.bucket >= $4
    and s.bucket < $5
  group by 1, 2, 3
),
-- Where it does not.
from_source as (
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from keys k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
      and s."site" = k."site"
      and s."Phase ""n""" = k."Phase ""n"""
  where not (k."site" is null or k."Phase ""n""" is null)
    and s."Read At" >= $4
    and s."Read At" < $5
    and not tstzrange(k.bucket, rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')) <@ $3
  group by 1, 2, 3
  union all
  select
    k.bucket,
    k."site",
    k."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from keys k
  join "raw"."Meter ""x"" Readings" s
    on s."Read At" >= k.bucket
      and s."Read At" < rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')
      and rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') = k.bucket
      and coalesce(k."site", 0::integer) = coalesce(s."site", 0::integer)
      and (k."site" is null) = (s."site" is null)
      and coalesce(k."Phase ""n""", ''::text) = coalesce(s."Phase ""n""", ''::text)
      and (k."Phase ""n""" is null) = (s."Phase ""n""" is null)
  where (k."site" is null or k."Phase ""n""" is null)
    and s."Read At" >= $4
    and s."Read At" < $5
    and not tstzrange(k.bucket, rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', k.bucket)) + interval '1 months', 'Europe/Berlin')) <@ $3
  group by 1, 2, 3
),
fresh as materialized (
  select * from from_finer
  union all
  select * from from_source
),
written as (
  insert into silver."meters_1mo" as t (
    bucket,
    "site",
    "Phase ""n""",
    "__rows",
    "kwh__n",
    "kwh__sum",
    "kwh__min",
    "kwh__max",
    "kwh__squares",
    "kwh__first",
    "kwh__last",
    "watts__sum",
    "watts__n",
    "watts__moments",
    "pulses__sum",
    "pulses__n",
    "pulses__squares",
    "pulses__last",
    "ok__bool_and",
    "ok__bool_or",
    "ok__last",
    "note__min",
    "note__max",
    "note__first",
    "note__last"
  )
  select *
  from fresh
  order by "site", "Phase ""n""", bucket
  on conflict ("site", "Phase ""n""", bucket) do update set
    "__rows" = excluded."__rows",
    "kwh__n" = excluded."kwh__n",
    "kwh__sum" = excluded."kwh__sum",
    "kwh__min" = excluded."kwh__min",
    "kwh__max" = excluded."kwh__max",
    "kwh__squares" = excluded."kwh__squares",
    "kwh__first" = excluded."kwh__first",
    "kwh__last" = excluded."kwh__last",
    "watts__sum" = excluded."watts__sum",
    "watts__n" = excluded."watts__n",
    "watts__moments" = excluded."watts__moments",
    "pulses__sum" = excluded."pulses__sum",
    "pulses__n" = excluded."pulses__n",
    "pulses__squares" = excluded."pulses__squares",
    "pulses__last" = excluded."pulses__last",
    "ok__bool_and" = excluded."ok__bool_and",
    "ok__bool_or" = excluded."ok__bool_or",
    "ok__last" = excluded."ok__last",
    "note__min" = excluded."note__min",
    "note__max" = excluded."note__max",
    "note__first" = excluded."note__first",
    "note__last" = excluded."note__last"
  where record_image_ne(row(t."__rows", t."kwh__n", t."kwh__sum", t."kwh__min", t."kwh__max", t."kwh__squares", t."kwh__first", t."kwh__last", t."watts__sum", t."watts__n", t."watts__moments", t."pulses__sum", t."pulses__n", t."pulses__squares", t."pulses__last", t."ok__bool_and", t."ok__bool_or", t."ok__last", t."note__min", t."note__max", t."note__first", t."note__last"), row(excluded."__rows", excluded."kwh__n", excluded."kwh__sum", excluded."kwh__min", excluded."kwh__max", excluded."kwh__squares", excluded."kwh__first", excluded."kwh__last", excluded."watts__sum", excluded."watts__n", excluded."watts__moments", excluded."pulses__sum", excluded."pulses__n", excluded."pulses__squares", excluded."pulses__last", excluded."ok__bool_and", excluded."ok__bool_or", excluded."ok__last", excluded."note__min", excluded."note__max", excluded."note__first", excluded."note__last"))
  returning 1
),
-- Keys that have no source rows any more.
vanished as materialized (
  select * from keys
  except
  select bucket, "site", "Phase ""n""" from fresh
),
gone as (
  delete from silver."meters_1mo" t
  using vanished k
  where t.bucket = k.bucket
    and t."site" = k."site"
    and t."Phase ""n""" = k."Phase ""n"""
    and not (k."site" is null or k."Phase ""n""" is null)
  returning 1
),
gone_null as (
  delete from silver."meters_1mo" t
  using vanished k
  where t.bucket = k.bucket
    and coalesce(k."site", 0::integer) = coalesce(t."site", 0::integer)
    and (k."site" is null) = (t."site" is null)
    and coalesce(k."Phase ""n""", ''::text) = coalesce(t."Phase ""n""", ''::text)
    and (k."Phase ""n""" is null) = (t."Phase ""n""" is null)
    and (k."site" is null or k."Phase ""n""" is null)
  returning 1
)
select
  (select count(*) from keys) as keys,
  (select count(*) from written) as written,
  (select count(*) from gone) + (select count(*) from gone_null) as removed;

-- 1mo statement materialize
insert into silver."meters_1mo" (
  bucket,
  "site",
  "Phase ""n""",
  "__rows",
  "kwh__n",
  "kwh__sum",
  "kwh__min",
  "kwh__max",
  "kwh__squares",
  "kwh__first",
  "kwh__last",
  "watts__sum",
  "watts__n",
  "watts__moments",
  "pulses__sum",
  "pulses__n",
  "pulses__squares",
  "pulses__last",
  "ok__bool_and",
  "ok__bool_or",
  "ok__last",
  "note__min",
  "note__max",
  "note__first",
  "note__last"
)
select *
from (
  select
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s.bucket)), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n""",
    sum(s."__rows")::bigint as "__rows",
    sum(s."kwh__n")::bigint as "kwh__n",
    sum(s."kwh__sum")::numeric as "kwh__sum",
    min(s."kwh__min") as "kwh__min",
    max(s."kwh__max") as "kwh__max",
    sum(s."kwh__squares")::numeric as "kwh__squares",
    min(s."kwh__first") as "kwh__first",
    max(s."kwh__last") as "kwh__last",
    sum(s."watts__sum")::double precision as "watts__sum",
    sum(s."watts__n")::bigint as "watts__n",
    rollup.merge_moments(s."watts__moments") as "watts__moments",
    sum(s."pulses__sum")::numeric as "pulses__sum",
    sum(s."pulses__n")::bigint as "pulses__n",
    sum(s."pulses__squares")::numeric as "pulses__squares",
    max(s."pulses__last") as "pulses__last",
    bool_and(s."ok__bool_and") as "ok__bool_and",
    bool_or(s."ok__bool_or") as "ok__bool_or",
    max(s."ok__last") as "ok__last",
    min(s."note__min") as "note__min",
    max(s."note__max") as "note__max",
    min(s."note__first") as "note__first",
    max(s."note__last") as "note__last"
  from silver."meters_1d" s
  where s.bucket >= $1
    and s.bucket < $2
  group by 1, 2, 3
  -- A fence: without it all rows are sorted to group them, which costs more than to hash them and sort the groups.
  offset 0
) fresh
order by 2, 3, 1;

-- 1mo statement materializeFromSource
insert into silver."meters_1mo" (
  bucket,
  "site",
  "Phase ""n""",
  "__rows",
  "kwh__n",
  "kwh__sum",
  "kwh__min",
  "kwh__max",
  "kwh__squares",
  "kwh__first",
  "kwh__last",
  "watts__sum",
  "watts__n",
  "watts__moments",
  "pulses__sum",
  "pulses__n",
  "pulses__squares",
  "pulses__last",
  "ok__bool_and",
  "ok__bool_or",
  "ok__last",
  "note__min",
  "note__max",
  "note__first",
  "note__last"
)
select *
from (
  select
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n""",
    count(*) as "__rows",
    count(s."kwh") as "kwh__n",
    sum(s."kwh") as "kwh__sum",
    min(s."kwh") as "kwh__min",
    max(s."kwh") as "kwh__max",
    sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
    min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
    max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
    sum(s."watts"::double precision) as "watts__sum",
    count(s."watts") as "watts__n",
    rollup.moments(s."watts") as "watts__moments",
    sum(s."pulses") as "pulses__sum",
    count(s."pulses") as "pulses__n",
    sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
    max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
    bool_and(s."ok") as "ok__bool_and",
    bool_or(s."ok") as "ok__bool_or",
    max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
    min(s."note") as "note__min",
    max(s."note") as "note__max",
    min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
    max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" >= $1
    and s."Read At" < $2
  group by 1, 2, 3
  -- A fence: without it all rows are sorted to group them, which costs more than to hash them and sort the groups.
  offset 0
) fresh
order by 2, 3, 1;

-- 1mo statement keys
select coalesce(array_agg((k.*)::text), '{}')
from (
  select distinct
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s.bucket)), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n"""
  from silver."meters_1d" s
  where s.bucket >= $1
    and s.bucket < $2
) k;

-- 1mo statement keysFromSource
select coalesce(array_agg((k.*)::text), '{}')
from (
  select distinct
    rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') as bucket,
    s."site",
    s."Phase ""n"""
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" >= $1
    and s."Read At" < $2
) k;

-- 1mo statement clear
delete from silver."meters_1mo" where bucket >= $1 and bucket < $2;

-- 1mo statement mergeLate
insert into silver."meters_1mo" as t (
  bucket,
  "site",
  "Phase ""n""",
  "__rows",
  "kwh__n",
  "kwh__sum",
  "kwh__min",
  "kwh__max",
  "kwh__squares",
  "kwh__first",
  "kwh__last",
  "watts__sum",
  "watts__n",
  "watts__moments",
  "pulses__sum",
  "pulses__n",
  "pulses__squares",
  "pulses__last",
  "ok__bool_and",
  "ok__bool_or",
  "ok__last",
  "note__min",
  "note__max",
  "note__first",
  "note__last"
)
select
  rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', l.bucket)), 'Europe/Berlin') as bucket,
  l."site",
  l."Phase ""n""",
  sum(l."__rows")::bigint as "__rows",
  sum(l."kwh__n")::bigint as "kwh__n",
  sum(l."kwh__sum")::numeric as "kwh__sum",
  min(l."kwh__min") as "kwh__min",
  max(l."kwh__max") as "kwh__max",
  sum(l."kwh__squares")::numeric as "kwh__squares",
  min(l."kwh__first") as "kwh__first",
  max(l."kwh__last") as "kwh__last",
  sum(l."watts__sum")::double precision as "watts__sum",
  sum(l."watts__n")::bigint as "watts__n",
  rollup.merge_moments(l."watts__moments") as "watts__moments",
  sum(l."pulses__sum")::numeric as "pulses__sum",
  sum(l."pulses__n")::bigint as "pulses__n",
  sum(l."pulses__squares")::numeric as "pulses__squares",
  max(l."pulses__last") as "pulses__last",
  bool_and(l."ok__bool_and") as "ok__bool_and",
  bool_or(l."ok__bool_or") as "ok__bool_or",
  max(l."ok__last") as "ok__last",
  min(l."note__min") as "note__min",
  max(l."note__max") as "note__max",
  min(l."note__first") as "note__first",
  max(l."note__last") as "note__last"
from unnest($1::rollup."late_meters"[]) l
where rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', l.bucket)), 'Europe/Berlin') >= $2
group by 1, 2, 3
on conflict ("site", "Phase ""n""", bucket) do update set
  "__rows" = coalesce(t."__rows" + excluded."__rows", t."__rows", excluded."__rows"),
  "kwh__n" = coalesce(t."kwh__n" + excluded."kwh__n", t."kwh__n", excluded."kwh__n"),
  "kwh__sum" = coalesce(t."kwh__sum" + excluded."kwh__sum", t."kwh__sum", excluded."kwh__sum"),
  "kwh__min" = least(t."kwh__min", excluded."kwh__min"),
  "kwh__max" = greatest(t."kwh__max", excluded."kwh__max"),
  "kwh__squares" = coalesce(t."kwh__squares" + excluded."kwh__squares", t."kwh__squares", excluded."kwh__squares"),
  "kwh__first" = least(t."kwh__first", excluded."kwh__first"),
  "kwh__last" = greatest(t."kwh__last", excluded."kwh__last"),
  "watts__sum" = coalesce(t."watts__sum" + excluded."watts__sum", t."watts__sum", excluded."watts__sum"),
  "watts__n" = coalesce(t."watts__n" + excluded."watts__n", t."watts__n", excluded."watts__n"),
  "watts__moments" = coalesce(float8_combine(t."watts__moments", excluded."watts__moments"), t."watts__moments", excluded."watts__moments"),
  "pulses__sum" = coalesce(t."pulses__sum" + excluded."pulses__sum", t."pulses__sum", excluded."pulses__sum"),
  "pulses__n" = coalesce(t."pulses__n" + excluded."pulses__n", t."pulses__n", excluded."pulses__n"),
  "pulses__squares" = coalesce(t."pulses__squares" + excluded."pulses__squares", t."pulses__squares", excluded."pulses__squares"),
  "pulses__last" = greatest(t."pulses__last", excluded."pulses__last"),
  "ok__bool_and" = coalesce(t."ok__bool_and" and excluded."ok__bool_and", t."ok__bool_and", excluded."ok__bool_and"),
  "ok__bool_or" = coalesce(t."ok__bool_or" or excluded."ok__bool_or", t."ok__bool_or", excluded."ok__bool_or"),
  "ok__last" = greatest(t."ok__last", excluded."ok__last"),
  "note__min" = least(t."note__min", excluded."note__min"),
  "note__max" = greatest(t."note__max", excluded."note__max"),
  "note__first" = least(t."note__first", excluded."note__first"),
  "note__last" = greatest(t."note__last", excluded."note__last");

-- 1mo statement byName
select
  rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', s."Read At")), 'Europe/Berlin') as bucket,
  s."site",
  s."Phase ""n""",
  count(*) as "__rows",
  count(s."kwh") as "kwh__n",
  sum(s."kwh") as "kwh__sum",
  min(s."kwh") as "kwh__min",
  max(s."kwh") as "kwh__max",
  sum(s."kwh"::numeric * s."kwh") as "kwh__squares",
  min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__first",
  max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null) as "kwh__last",
  sum(s."watts"::double precision) as "watts__sum",
  count(s."watts") as "watts__n",
  rollup.moments(s."watts") as "watts__moments",
  sum(s."pulses") as "pulses__sum",
  count(s."pulses") as "pulses__n",
  sum(s."pulses"::numeric * s."pulses") as "pulses__squares",
  max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null) as "pulses__last",
  bool_and(s."ok") as "ok__bool_and",
  bool_or(s."ok") as "ok__bool_or",
  max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null) as "ok__last",
  min(s."note") as "note__min",
  max(s."note") as "note__max",
  min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__first",
  max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null) as "note__last"
from rollup.ranges($1) r
join source s
  on s."Read At" >= r.lower_at
    and s."Read At" <= r.upper_at
    and s."Read At" <@ r.range
group by 1, 2, 3;

-- 1mo statement bucketStart
select rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', $1::timestamptz)), 'Europe/Berlin');

-- 1mo statement bucketCeiling
select case when rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', $1::timestamptz)), 'Europe/Berlin') = $1::timestamptz then $1::timestamptz else rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', rollup.calendar_start(date_trunc('month', timezone('Europe/Berlin', $1::timestamptz)), 'Europe/Berlin'))) + interval '1 months', 'Europe/Berlin') end;

-- 1mo as a plain GROUP BY
select
  rollup.calendar_start(g.__key, 'Europe/Berlin') as bucket,
  g."site",
  g."Phase ""n""",
  g."row_count",
  g."kwh_count",
  g."kwh_sum",
  g."kwh_avg",
  g."kwh_min",
  g."kwh_max",
  g."kwh_stddev",
  g."kwh_variance",
  g."kwh_first",
  g."kwh_last",
  g."watts_sum",
  g."watts_avg",
  g."watts_stddev",
  g."pulses_sum",
  g."pulses_stddev",
  g."pulses_last",
  g."ok_bool_and",
  g."ok_bool_or",
  g."ok_last",
  g."note_min",
  g."note_max",
  g."note_first",
  g."note_last"
from (
  select
    date_trunc('month', timezone('Europe/Berlin', s."Read At")) as __key,
    s."site",
    s."Phase ""n""",
    count(*) as "row_count",
    count(s."kwh") as "kwh_count",
    sum(s."kwh") as "kwh_sum",
    avg(s."kwh") as "kwh_avg",
    min(s."kwh") as "kwh_min",
    max(s."kwh") as "kwh_max",
    stddev(s."kwh") as "kwh_stddev",
    variance(s."kwh") as "kwh_variance",
    (min(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null))[2]::numeric(12,3) as "kwh_first",
    (max(array[extract(epoch from s."Read At"), s."kwh"]) filter (where s."kwh" is not null))[2]::numeric(12,3) as "kwh_last",
    sum(s."watts"::double precision) as "watts_sum",
    avg(s."watts") as "watts_avg",
    stddev(s."watts"::double precision) as "watts_stddev",
    sum(s."pulses") as "pulses_sum",
    stddev(s."pulses") as "pulses_stddev",
    (max(array[extract(epoch from s."Read At"), s."pulses"]) filter (where s."pulses" is not null))[2]::bigint as "pulses_last",
    bool_and(s."ok") as "ok_bool_and",
    bool_or(s."ok") as "ok_bool_or",
    ((max(array[extract(epoch from s."Read At")::double precision, s."ok"::integer]) filter (where s."ok" is not null))[2] = 1) as "ok_last",
    min(s."note") as "note_min",
    max(s."note") as "note_max",
    (min(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null))[2]::text as "note_first",
    (max(array[rollup.sortable_time(s."Read At"), s."note"::text] collate "C") filter (where s."note" is not null))[2]::text as "note_last"
  from "raw"."Meter ""x"" Readings" s
  where s."Read At" is not null
  group by 1, 2, 3
) g;