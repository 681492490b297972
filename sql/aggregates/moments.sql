-- Moments {N, sum, sum of squared deviations}: PostgreSQL's own transition state of float8 avg and stddev, with its own C
-- functions for adding a value (Youngs and Cramer 1971) and for combining two states (Chan, Golub, LeVeque 1983). So a
-- tier's deviation is computed as PostgreSQL itself would in a parallel query, and never from a sum of squares.
create or replace aggregate rollup.moments(double precision) (
  sfunc = pg_catalog.float8_accum, stype = double precision[], initcond = '{0,0,0}',
  combinefunc = pg_catalog.float8_combine, parallel = safe);
comment on aggregate rollup.moments(double precision) is 'State {N, sum, squared deviations} of the non-null values.';
-- Gold views call it, with the rights of whoever reads.
grant execute on function rollup.moments(double precision) to public;
