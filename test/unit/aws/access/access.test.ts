import * as pulumi from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { capture, resolved } from './captured';

const of = (type: string) => `postgresql:index/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`;

describe('the provider', () => {
  it('logs in by IAM, verifies the server, and knows that it is no superuser', async () => {
    const { resources } = await capture({ profile: 'prod' });
    expect(resources[0]).toMatchObject({
      type: 'pulumi:providers:postgresql',
      inputs: {
        host: 'db.example',
        database: 'postgres',
        username: 'tidemark_deploy',
        awsRdsIamRegion: 'eu-central-1',
        awsRdsIamProfile: 'prod',
        sslmode: 'verify-full',
        sslrootcert: 'certs/rds.pem',
      },
    });
    // Arguments of a provider travel as JSON.
    expect(String(resources[0]?.inputs['superuser'])).toBe('false');
    expect(String(resources[0]?.inputs['awsRdsIamAuth'])).toBe('true');
    expect(String(resources[0]?.inputs['port'])).toBe('5432');
  });

  it('is no reason to fail where the host is not known yet', async () => {
    const host = pulumi.unknown as unknown as string;
    const { resources } = await capture({ host }, true);
    expect(resources.length).toBeGreaterThan(30);
    expect(resources[0]?.inputs['host']).not.toBe('db.example');
  });
});

describe('order and lifetime', () => {
  it('applies each resource after the one before', async () => {
    const { resources } = await capture();
    const [provider, ...rest] = resources;
    const names = await Promise.all(
      rest.map(async ({ options }) => {
        const before = options.dependsOn as readonly pulumi.Resource[];
        return before.map((one) => (one as unknown as { __name: string }).__name);
      }),
    );
    expect(provider?.options.dependsOn).toBeUndefined();
    expect(names).toEqual(rest.map((_, index) => (index === 0 ? [] : [rest[index - 1]?.name])));
  });

  it('deletes everything with the database server, through the one provider', async () => {
    const { access, instance, resources } = await capture();
    for (const { options } of resources.slice(1)) {
      expect(options.deletedWith).toBe(instance);
      expect(options.provider).toBe(access.provider);
    }
  });

  it('leaves everything in a server that stays', async () => {
    const { resources } = await capture({}, false, true);
    expect(resources.slice(1).filter(({ options }) => options.retainOnDelete !== true)).toEqual([]);
  });

  it('never drops the database by itself: the provider would have to end pg_cron', async () => {
    const { resources } = await capture();
    const retained = resources.filter(({ options }) => options.retainOnDelete === true);
    expect(retained.map(({ type }) => type)).toEqual([of('Database')]);
  });

  it('imports roles and database where they were left', async () => {
    const imports = async (adopt: boolean) =>
      (await capture({ adopt }, false, true)).resources.flatMap(({ options }) => options.import ?? []);
    expect(await imports(false)).toEqual([]);
    expect(await imports(true)).toEqual([
      'tidemark_owner',
      'tidemark_pipeline',
      'tidemark_read',
      'tidemark_app',
      'metrics',
    ]);
  });

  it('protects the database, unless told not to', async () => {
    const protect = async (args: { protect?: boolean }) =>
      (await capture(args)).resources.find(({ type }) => type === of('Database'))?.options.protect;
    expect(await protect({})).toBe(true);
    expect(await protect({ protect: false })).toBe(false);
  });

  it('gives out names once all is there', async () => {
    const { access } = await capture({ database: 'app' });
    expect([await resolved(access.database), await resolved(access.owner)]).toEqual([
      'app',
      'tidemark_owner',
    ]);
  });
});

describe('roles', () => {
  it('have no password and nothing that only an administrator needs', async () => {
    const { resources } = await capture();
    const roles = resources.filter(({ type }) => type === of('Role')).map(({ inputs }) => inputs);
    expect(roles.map(({ name, login, roles }) => [name, login, roles])).toEqual([
      ['tidemark_owner', true, ['pg_monitor']],
      ['tidemark_pipeline', false, []],
      ['tidemark_read', false, []],
      ['tidemark_app', true, ['rds_iam', 'tidemark_read']],
    ]);
    for (const role of roles) {
      expect(Object.keys(role).filter((key) => /password/i.test(key))).toEqual([]);
      for (const right of [
        'superuser',
        'createDatabase',
        'createRole',
        'replication',
        'bypassRowLevelSecurity',
      ]) {
        expect(role[right]).toBe(false);
      }
    }
  });

  it.each([
    ['15.13', true],
    ['16.9', false],
    ['17', false],
  ])(
    'of %s are administered by the login, with an admin option of its own: %s',
    async (engineVersion, own) => {
      const { resources } = await capture({ engineVersion });
      const memberships = resources.filter(({ type }) => type === of('GrantRole'));
      expect(memberships.map(({ inputs }) => inputs)).toEqual(
        ['tidemark_owner', 'tidemark_pipeline', 'tidemark_read', 'tidemark_app'].map((grantRole) => ({
          role: 'tidemark_deploy',
          grantRole,
          withAdminOption: own,
        })),
      );
      // What is read back does not tell who gave the option: it must not make a replacement.
      for (const { options } of memberships) expect(options.ignoreChanges).toEqual(['withAdminOption']);
    },
  );
});

describe('objects', () => {
  it('are the database, its schemas and its extensions', async () => {
    const { resources } = await capture({ hll: true });
    const inputs = (type: string) =>
      resources.filter((one) => one.type === of(type)).map((one) => one.inputs);
    expect(inputs('Database')).toEqual([
      { name: 'metrics', owner: 'tidemark_owner', template: 'template0', encoding: 'UTF8' },
    ]);
    expect(inputs('Schema').map(({ name }) => name)).toEqual([
      'raw',
      'silver',
      'gold',
      'raw_archive',
      'silver_archive',
      'gold_archive',
      'partman',
      'rollup',
    ]);
    for (const schema of inputs('Schema')) {
      expect(schema).toMatchObject({ database: 'metrics', owner: 'tidemark_owner' });
      expect(schema['policies']).toBeUndefined();
    }
    expect(inputs('Extension').map(({ name, schema }) => [name, schema])).toEqual([
      ['pg_partman', 'partman'],
      ['pg_cron', undefined],
      ['hypopg', 'public'],
      ['ltree', 'public'],
      ['btree_gin', 'public'],
      ['hll', 'public'],
    ]);
    // No version: the engine offers what it offers, and an upgrade of it is no drift.
    for (const extension of inputs('Extension')) expect(extension['version']).toBeUndefined();
  });

  it('leave hll out by default', async () => {
    const { resources } = await capture();
    expect(resources.some(({ inputs }) => inputs['name'] === 'hll')).toBe(false);
  });
});

describe('privileges', () => {
  it('are taken from everybody: database, schema public, new functions and types', async () => {
    const { resources } = await capture();
    const everybody = resources.filter(({ inputs }) => inputs['role'] === 'public');
    expect(everybody.map(({ inputs }) => [inputs['objectType'], inputs['privileges']])).toEqual([
      ['database', []],
      ['schema', []],
      ['function', []],
      ['type', []],
    ]);
  });

  it('are given for no table that may come later, and in a fixed order', async () => {
    const { resources } = await capture();
    for (const { type, inputs } of resources) {
      if (type !== of('Grant') && type !== of('DefaultPrivileges')) continue;
      const privileges = inputs['privileges'] as readonly string[];
      expect(privileges).toEqual([...privileges].sort());
      expect(privileges).not.toContain('ALL');
      expect(inputs['withGrantOption']).toBeUndefined();
      if (type === of('Grant') && !['database', 'schema'].includes(String(inputs['objectType']))) {
        expect(inputs['objects']).not.toEqual([]);
        expect(inputs['objects']).toBeDefined();
      }
    }
  });

  it('let the pipeline write raw, the readers read gold, and nobody else anything', async () => {
    const { resources } = await capture();
    const defaults = resources
      .filter(({ type, inputs }) => type === of('DefaultPrivileges') && inputs['role'] !== 'public')
      .map(({ inputs }) => [inputs['role'], inputs['schema'], inputs['objectType'], inputs['privileges']]);
    expect(defaults).toEqual([
      ['tidemark_pipeline', 'raw', 'table', ['DELETE', 'INSERT', 'SELECT', 'UPDATE']],
      ['tidemark_pipeline', 'raw', 'sequence', ['USAGE']],
      ['tidemark_read', 'gold', 'table', ['SELECT']],
    ]);
    for (const { type, inputs } of resources) {
      if (type === of('DefaultPrivileges')) expect(inputs['owner']).toBe('tidemark_owner');
    }
    const usage = resources
      .filter(({ type, inputs }) => type === of('Grant') && inputs['objectType'] === 'schema')
      .filter(({ inputs }) => inputs['role'] !== 'public')
      .map(({ inputs }) => `${inputs['role']} ${inputs['schema']} ${inputs['privileges']}`);
    expect(usage).toEqual([
      'tidemark_pipeline raw USAGE',
      'tidemark_read gold USAGE',
      'tidemark_read rollup USAGE',
      'tidemark_pipeline public USAGE',
      'tidemark_read public USAGE',
      'tidemark_owner cron USAGE',
    ]);
  });
});
