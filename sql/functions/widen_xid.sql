create or replace function rollup.widen_xid(p_xid xid, p_next numeric)
returns numeric language sql immutable strict parallel safe
-- The distance to the next id, taken as a signed 32-bit number: ids in flight are never further apart.
return p_next + (p_xid::text::numeric - p_next % 4294967296 + 6442450944) % 4294967296 - 2147483648;
comment on function rollup.widen_xid(xid, numeric) is
  'The 64-bit id of the transaction in flight that pg_locks shows with 32 bits, where p_next is the next id to be given out.';
revoke all on function rollup.widen_xid(xid, numeric) from public;
