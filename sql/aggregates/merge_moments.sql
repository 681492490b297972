create or replace aggregate rollup.merge_moments(double precision[]) (
  sfunc = pg_catalog.float8_combine, stype = double precision[], initcond = '{0,0,0}',
  combinefunc = pg_catalog.float8_combine, parallel = safe);
comment on aggregate rollup.merge_moments(double precision[]) is 'Merges states of rollup.moments.';
-- Gold views call it, with the rights of whoever reads.
grant execute on function rollup.merge_moments(double precision[]) to public;
