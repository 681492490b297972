import * as postgresql from '@pulumi/postgresql';
import * as pulumi from '@pulumi/pulumi';
import { type Chain, imported } from './chain';
import { APPLICATION, OWNER, PIPELINE, READER } from './names';

/** Nothing that a role does not need; of those that may log in, none has a password. */
const NOTHING = {
  superuser: false,
  createDatabase: false,
  createRole: false,
  replication: false,
  bypassRowLevelSecurity: false,
  inherit: true,
} as const;

/** By name, in the order they are made: members after their groups. */
export const ROLES: readonly postgresql.RoleArgs[] = [
  // pg_monitor, since the operations monitor tells since when a session has been holding back a refresh; what is less,
  // pg_read_all_stats, is not rds_superuser's to grant.
  { ...NOTHING, name: OWNER, login: true, roles: ['pg_monitor'] },
  { ...NOTHING, name: PIPELINE, login: false, roles: [] },
  { ...NOTHING, name: READER, login: false, roles: [] },
  { ...NOTHING, name: APPLICATION, login: true, roles: ['rds_iam', READER] },
];

/** Before 16, CREATEROLE is the right to grant any role. From 16 on it is not, and who makes a role administers it. */
function lacksAdmin(engineVersion: string): boolean {
  const major = Number.parseInt(engineVersion, 10);
  return major < 16;
}

interface RolesArgs {
  readonly login: pulumi.Input<string>;
  readonly engineVersion: pulumi.Input<string>;
  /** true: the roles are there already. */
  readonly adopted: boolean;
}

/** The roles, and the login's membership in them. */
export function addRoles(chain: Chain, prefix: string, { login, engineVersion, adopted }: RolesArgs): void {
  for (const args of ROLES) {
    const id = args.name as string;
    chain.add((own) => new postgresql.Role(`${prefix}-${args.name}`, args, own), imported(adopted, id));
  }
  const withAdminOption = pulumi.output(engineVersion).apply(lacksAdmin);
  for (const { name } of ROLES) {
    chain.add(
      (own) =>
        new postgresql.GrantRole(
          `${prefix}-login-${name}`,
          { role: login, grantRole: name as string, withAdminOption },
          own,
        ),
      {
        // From 16 on whoever makes a role has the admin option and may not give it to himself. It is given before 16, so that
        // an upgrade does not leave roles that nobody may grant. Read back it is true in both cases; only the version
        // asks for another value, and a replacement would take the membership away.
        ignoreChanges: ['withAdminOption'],
      },
    );
  }
}
