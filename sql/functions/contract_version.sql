create or replace function rollup.contract_version()
returns integer language sql immutable parallel safe return 1;
comment on function rollup.contract_version() is
  'Version of the stored definitions and statements that this engine executes (infra/model/contract.ts has the same). Those of '
    'another version are left alone until they are deployed again.';
revoke all on function rollup.contract_version() from public;
