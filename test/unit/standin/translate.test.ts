/** The stand-in does what the real provider was seen to do, where the product depends on it. */
import { describe, expect, it } from 'vitest';
import { translator } from '../../standin/postgresql/sql';

const of = (type: string) => translator(`postgresql:index/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`);

describe('the stand-in of the PostgreSQL provider', () => {
  it('sends only what changed of a role, which a login that is no superuser may set', () => {
    const olds = { name: 'r', login: false, superuser: false, replication: false, roles: [] };
    const { statements } = of('Role').update(olds, { ...olds, login: true });
    expect(statements.filter((text) => text.startsWith('ALTER ROLE "r" WITH'))).toEqual([
      'ALTER ROLE "r" WITH LOGIN',
    ]);
    expect(
      of('Role')
        .update(olds, olds)
        .statements.filter((text) => text.includes(' WITH ')),
    ).toEqual([]);
  });

  it('passes over a schema that is gone', () => {
    expect(of('Schema').drop({ name: 's', database: 'd' }).statements).toContain(
      'DROP SCHEMA IF EXISTS "s" RESTRICT',
    );
  });

  it('ends every session before it drops a database, that of pg_cron too', () => {
    const { statements } = of('Database').drop({ name: 'd' });
    const kinds = [
      'ALTER DATABASE "d" ALLOW_CONNECTIONS false',
      'SELECT pg_terminate_backend',
      'DROP DATABASE "d"',
    ];
    expect(statements.map((text) => kinds.find((kind) => text.startsWith(kind)))).toEqual(kinds);
  });
});
