create table rollup."dirty_beats" (
  bucket timestamptz not null
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1000);

create table rollup."late_beats" (
  bucket timestamptz not null,
  "__rows" bigint,
  row_count bigint not null
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1000);

create or replace function rollup."capture_beats"()
returns trigger language plpgsql security definer
set search_path = pg_catalog, pg_temp as $capture$
<<capture>>
declare
  -- A bucket has ended if it lies before the one that is open now. Read after the writer's transaction id was assigned.
  v_open   timestamptz := date_bin(interval '10 seconds', clock_timestamp(), timestamptz '2000-01-03 00:00:00+00');
  v_sealed tstzmultirange;
  v_key    record;
  v_state  text;
  v_reason text;
begin
  if tg_op = 'TRUNCATE' then
    insert into rollup.dirty_range (rollup, range)
    select
      'beats',
      rollup.partition_range(pg_get_expr(relpartbound, oid))
    from pg_class
    where oid = tg_relid
      and (relispartition or oid = (
        select source_oid from rollup.timeseries_rollup_config where name = 'beats'))
    union all
    -- A partition that was detached just now, and may be back before the next refresh.
    select
      'beats',
      k.range
    from rollup.source_leaf k
    where k.rollup = 'beats'
      and k.relid = tg_relid
      and not exists (select from pg_class where oid = tg_relid and relispartition);
    return null;
  end if;
  begin
    if tg_op = 'INSERT' then
      if new."at" >= capture.v_open then return null; end if;
      select sealed into capture.v_sealed from rollup.timeseries_rollup_config where name = 'beats';
      if new."at" < capture.v_open and not coalesce(new."at" <@ capture.v_sealed, false) then
        insert into rollup."dirty_beats"
        select date_bin(interval '10 seconds', new."at", timestamptz '2000-01-03 00:00:00+00');
      end if;
      if new."at" <@ capture.v_sealed then
        begin
          insert into rollup."late_beats"
          select
            date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00'),
            count(*) as "__rows",
            count(*)
          from (select new.*) s
          group by 1;
        -- A state that cannot be computed must not fail the write.
        exception when data_exception or program_limit_exceeded then
          get stacked diagnostics v_state = returned_sqlstate, v_reason = message_text;
          perform rollup.set_late_aside('beats', null, date_bin(interval '10 seconds', new."at", timestamptz '2000-01-03 00:00:00+00'), row(
            date_bin(interval '10 seconds', new."at", timestamptz '2000-01-03 00:00:00+00')
          )::text, 1,
            capture.v_state, capture.v_reason);
        end;
      end if;
    elsif tg_op = 'DELETE' then
      select sealed into capture.v_sealed from rollup.timeseries_rollup_config where name = 'beats';
      if old."at" < capture.v_open and not coalesce(old."at" <@ capture.v_sealed, false) then
        insert into rollup."dirty_beats"
        select date_bin(interval '10 seconds', old."at", timestamptz '2000-01-03 00:00:00+00');
      end if;
      if old."at" <@ capture.v_sealed then
        insert into rollup.sealed_change (rollup, operation, row_count, range)
        values ('beats', 'delete', 1, tstzrange(old."at", old."at", '[]'));
      end if;
    else
      select sealed into capture.v_sealed from rollup.timeseries_rollup_config where name = 'beats';
      if old."at" < capture.v_open and not coalesce(old."at" <@ capture.v_sealed, false) then
        insert into rollup."dirty_beats"
        select date_bin(interval '10 seconds', old."at", timestamptz '2000-01-03 00:00:00+00');
      end if;
      if new."at" < capture.v_open and not coalesce(new."at" <@ capture.v_sealed, false) then
        insert into rollup."dirty_beats"
        select date_bin(interval '10 seconds', new."at", timestamptz '2000-01-03 00:00:00+00');
      end if;
      if old."at" <@ capture.v_sealed then
        insert into rollup.sealed_change (rollup, operation, row_count, range)
        values ('beats', 'update', 1, tstzrange(old."at", old."at", '[]'));
      end if;
      -- A row that an update moved there is an addition.
      if new."at" <@ capture.v_sealed and not coalesce(old."at" <@ capture.v_sealed, false) then
        begin
          insert into rollup."late_beats"
          select
            date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00'),
            count(*) as "__rows",
            count(*)
          from (select new.*) s
          group by 1;
        -- A state that cannot be computed must not fail the write.
        exception when data_exception or program_limit_exceeded then
          get stacked diagnostics v_state = returned_sqlstate, v_reason = message_text;
          perform rollup.set_late_aside('beats', null, date_bin(interval '10 seconds', new."at", timestamptz '2000-01-03 00:00:00+00'), row(
            date_bin(interval '10 seconds', new."at", timestamptz '2000-01-03 00:00:00+00')
          )::text, 1,
            capture.v_state, capture.v_reason);
        end;
      end if;
    end if;
  exception when undefined_column then
    -- A column was renamed. The write goes on; readers go to the source for everything, once until a refresh takes this up.
    insert into rollup.dirty_range (rollup, range)
    select 'beats', '(,)'
    where not exists (
      select from rollup.dirty_range where rollup = 'beats' and range = '(,)');
  end;
  if tg_when = 'BEFORE' then
    return new;
  end if;
  return null;
end capture $capture$;
revoke all on function rollup."capture_beats"() from public;

-- statement consumeDirty
with
consumed as (
  delete from rollup."dirty_beats"
  where ctid = any (array(
    select l.ctid from rollup."dirty_beats" l
    where not exists (
      select from rollup.set_aside a
      where a.rollup = 'beats'
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
  delete from rollup."late_beats"
  where ctid = any (array(
    select l.ctid from rollup."late_beats" l
    limit $1
  ))
  returning *
)
select
  coalesce(array_agg((consumed.*)::text), '{}') as rows,
  coalesce(sum(row_count), 0)::bigint as total
from consumed;

-- statement sourceFloor
select min(s."at") from "raw"."beats" s where s."at" >= $1 and s."at" > '-infinity';

-- statement sourceBefore
select max(s."at") from "raw"."beats" s where s."at" < $1 and s."at" >= $2;

-- tier 10s, partitions every (none)

create table silver."beats_10s" (
  bucket timestamptz not null,
  "__rows" bigint
);
create unique index "beats_10s_key" on silver."beats_10s" (bucket) nulls not distinct;
comment on table silver."beats_10s" is 'State of rollup beats, tier 10 seconds. Query the view of the same name in gold.';

create or replace view gold."beats_10s" (
  bucket,
  "row_count"
) as
with
pending as materialized (
  select
    coalesce(range_agg(p.range), '{}') as ranges,
    coalesce((select sealed from rollup.timeseries_rollup_config where name = 'beats'), '{}') as sealed,
    (select rollup.source_trust('beats')) as trust
  from (
    select range
    from rollup.dirty_range
    where rollup = 'beats'
    union all
    select rollup.partition_range(pg_get_expr(c.relpartbound, c.oid))
    from pg_partition_tree('"raw"."beats"'::regclass) l
    join pg_class c on c.oid = l.relid
    where l.level > 0
      and not exists (select from rollup.source_leaf k where k.rollup = 'beats' and k.relid = l.relid)
    union all
    select k.range
    from rollup.source_leaf k
    where k.rollup = 'beats'
      and k.range = tstzrange('-infinity', null)
      and not exists (select from pg_partition_tree('"raw"."beats"'::regclass) l where l.relid = k.relid)
  ) p
),
covered as materialized (
  select
    (case when trust = 'coverage' then coalesce((select coverage from rollup.timeseries_tier where rollup = 'beats' and ordinal = 0), '{}') else coalesce((select coverage from rollup.timeseries_tier where rollup = 'beats' and ordinal = 0), '{}') * sealed end) - (
      select coalesce(range_agg(tstzrange(
        date_bin(interval '10 seconds', r.lower_at, timestamptz '2000-01-03 00:00:00+00'),
        case when date_bin(interval '10 seconds', r.upper_at, timestamptz '2000-01-03 00:00:00+00') = r.upper_at then r.upper_at else date_bin(interval '10 seconds', r.upper_at, timestamptz '2000-01-03 00:00:00+00') + interval '10 seconds' end
      )), '{}') - pending.sealed
      from rollup.ranges(pending.ranges) r
    ) as covered_10s,
    sealed,
    trust,
    coalesce((select retained_from from rollup.timeseries_tier where rollup = 'beats' and ordinal = 0), '-infinity') as retained_from
  from pending
),
shares as materialized (
  select
    covered_10s as share_10s,
    case when trust = 'names' then '{}' else (tstzmultirange(tstzrange(retained_from, null)) - covered_10s) - sealed end as share_source,
    case when trust = 'names' then (tstzmultirange(tstzrange(retained_from, null)) - covered_10s) - sealed else '{}' end as share_names,
    sealed
  from covered
),
dirty_10s as materialized (
  select distinct
    date_bin(interval '10 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') as bucket
  from rollup."dirty_beats" d
  where date_bin(interval '10 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') <@ (select share_10s from shares)
    and not d.bucket <@ (select sealed from shares)
),
from_tier as (
  select
    t.bucket,
    t."__rows"
  from silver."beats_10s" t
  where t.bucket <@ (select share_10s from shares)
    and not exists (
      select from dirty_10s k
      where k.bucket = t.bucket
    )
),
fresh_10s as (
  select
    k.bucket,
    count(*) as "__rows"
  from dirty_10s k
  join "raw"."beats" s
    on s."at" >= k.bucket
      and s."at" < k.bucket + interval '10 seconds'
      and date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00') = k.bucket
  group by 1
),
from_source as (
  select
    date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00') as bucket,
    count(*) as "__rows"
  from rollup.ranges((select share_source from shares)) r
  join "raw"."beats" s
    on s."at" >= r.lower_at
      and s."at" <= r.upper_at
      and s."at" <@ r.range
  group by 1
),
by_name as (
  select n.*
  from rollup.rows_by_name('beats', 0, (select share_names from shares)) as n(
    bucket timestamptz,
    "__rows" bigint
  )
  where (select share_names from shares) <> '{}'
),
merged as (
  select
    u.bucket,
    sum(u."__rows")::bigint as "__rows"
  from (
    select * from fresh_10s
    union all
    select * from from_source
    union all
    select * from by_name
  ) u
  group by 1
)
select
  t.bucket,
  t."__rows" as "row_count"
from from_tier t
union all
select
  m.bucket,
  m."__rows" as "row_count"
from merged m;
comment on view gold."beats_10s" is 'beats every 10 seconds (UTC): equals the GROUP BY over "raw"."beats" in every snapshot.';

-- 10s statement recompute
with
keys as materialized (
  select distinct
    date_bin(interval '10 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') as bucket
  from unnest($1::rollup."dirty_beats"[]) d
  where date_bin(interval '10 seconds', d.bucket, timestamptz '2000-01-03 00:00:00+00') <@ $2
),
fresh as materialized (
  select
    k.bucket,
    count(*) as "__rows"
  from keys k
  join "raw"."beats" s
    on s."at" >= k.bucket
      and s."at" < k.bucket + interval '10 seconds'
      and date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00') = k.bucket
  where s."at" >= $4
    and s."at" < $5
    and $3::tstzmultirange is not null
  group by 1
),
written as (
  insert into silver."beats_10s" as t (
    bucket,
    "__rows"
  )
  select *
  from fresh
  order by bucket
  on conflict (bucket) do update set
    "__rows" = excluded."__rows"
  where record_image_ne(row(t."__rows"), row(excluded."__rows"))
  returning 1
),
-- Keys that have no source rows any more.
vanished as materialized (
  select * from keys
  except
  select bucket from fresh
),
gone as (
  delete from silver."beats_10s" t
  using vanished k
  where t.bucket = k.bucket
  returning 1
)
select
  (select count(*) from keys) as keys,
  (select count(*) from written) as written,
  (select count(*) from gone) as removed;

-- 10s statement materialize
insert into silver."beats_10s" (
  bucket,
  "__rows"
)
select *
from (
  select
    date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00') as bucket,
    count(*) as "__rows"
  from "raw"."beats" s
  where s."at" >= $1
    and s."at" < $2
  group by 1
  -- A fence: without it all rows are sorted to group them, which costs more than to hash them and sort the groups.
  offset 0
) fresh
order by 1;

-- 10s statement materializeFromSource
insert into silver."beats_10s" (
  bucket,
  "__rows"
)
select *
from (
  select
    date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00') as bucket,
    count(*) as "__rows"
  from "raw"."beats" s
  where s."at" >= $1
    and s."at" < $2
  group by 1
  -- A fence: without it all rows are sorted to group them, which costs more than to hash them and sort the groups.
  offset 0
) fresh
order by 1;

-- 10s statement keys
select coalesce(array_agg((k.*)::text), '{}')
from (
  select distinct
    date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00') as bucket
  from "raw"."beats" s
  where s."at" >= $1
    and s."at" < $2
) k;

-- 10s statement keysFromSource
select coalesce(array_agg((k.*)::text), '{}')
from (
  select distinct
    date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00') as bucket
  from "raw"."beats" s
  where s."at" >= $1
    and s."at" < $2
) k;

-- 10s statement clear
delete from silver."beats_10s" where bucket >= $1 and bucket < $2;

-- 10s statement mergeLate
insert into silver."beats_10s" as t (
  bucket,
  "__rows"
)
select
  date_bin(interval '10 seconds', l.bucket, timestamptz '2000-01-03 00:00:00+00') as bucket,
  sum(l."__rows")::bigint as "__rows"
from unnest($1::rollup."late_beats"[]) l
where date_bin(interval '10 seconds', l.bucket, timestamptz '2000-01-03 00:00:00+00') >= $2
group by 1
on conflict (bucket) do update set
  "__rows" = coalesce(t."__rows" + excluded."__rows", t."__rows", excluded."__rows");

-- 10s statement byName
select
  date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00') as bucket,
  count(*) as "__rows"
from rollup.ranges($1) r
join source s
  on s."at" >= r.lower_at
    and s."at" <= r.upper_at
    and s."at" <@ r.range
group by 1;

-- 10s statement bucketStart
select date_bin(interval '10 seconds', $1::timestamptz, timestamptz '2000-01-03 00:00:00+00');

-- 10s statement bucketCeiling
select case when date_bin(interval '10 seconds', $1::timestamptz, timestamptz '2000-01-03 00:00:00+00') = $1::timestamptz then $1::timestamptz else date_bin(interval '10 seconds', $1::timestamptz, timestamptz '2000-01-03 00:00:00+00') + interval '10 seconds' end;

-- 10s as a plain GROUP BY
select
  g.__key as bucket,
  g."row_count"
from (
  select
    date_bin(interval '10 seconds', s."at", timestamptz '2000-01-03 00:00:00+00') as __key,
    count(*) as "row_count"
  from "raw"."beats" s
  where s."at" is not null
  group by 1
) g;