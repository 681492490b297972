import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alpha, ROWS, shared } from './lifecycleDefinitions';
import { differences, expectWhole, specOf } from './rollup';
import { type TestStack, testStack } from './stack';

let stack: TestStack;
const sql = (text: string) => stack.client.query(text);

beforeAll(async () => {
  stack = await testStack('lifecycle');
  await sql('create schema raw; create table raw.beta (at timestamptz not null, device text, value integer)');
  await sql(`insert into raw.beta ${ROWS}`);
  await stack.define('alpha', alpha());
  await stack.define('beta', shared('beta', 'drop'));
  await stack.define('gamma', shared('gamma', 'retain'));
});
afterAll(() => stack?.close());

describe('pulumi up', () => {
  it('applies a folder of definitions; preview and a second up then have nothing to do', async () => {
    const preview = await stack.ok('preview');
    expect(preview).toMatch(/dynamic\/tidemark:Engine engine create/);
    expect(preview).toMatch(/"gold\.alpha_1h"[\s\S]*6 to create/);
    await stack.up();
    await sql(`insert into raw.alpha (at, device, value) ${ROWS}`);
    for (const name of ['alpha', 'beta', 'gamma']) await expectWhole(stack, name);
    await stack.unchanged();
    expect(await stack.up()).toMatch(/6 unchanged/);
    const outputs = JSON.parse(await stack.ok('stack', 'output', '--json'));
    expect(outputs).toMatchObject({
      views: { alpha: ['gold.alpha_1h', 'gold.alpha_1d'], beta: ['gold.beta_1h'] },
    });
    expect(outputs.engineVersion).toBeGreaterThan(0);
  });

  it('shows after a refresh what was changed by hand, and repairs it', async () => {
    await sql(
      `update cron.job set schedule = '7 7 7 7 *', command = 'select 1', active = false where jobname = 'tidemark:alpha'`,
    );
    await sql(`select cron.unschedule('tidemark:beta'), cron.unschedule('tidemark-retries')`);
    await sql(
      `update partman.part_config set retention = '1 day', premake = 9 where parent_table = 'silver.alpha_1h'`,
    );
    await sql(`delete from partman.part_config where parent_table = 'raw.alpha'`);
    await sql(`update rollup.timeseries_rollup_config set lag = '3 hours' where name = 'alpha'`);
    await sql(
      `update rollup.timeseries_tier set retention = '2 days', statements = statements || '{"clear": "select 1"}' where rollup = 'alpha' and ordinal = 0`,
    );
    await sql(`delete from rollup.timeseries_dimension_config where rollup = 'beta'`);
    await sql(`delete from rollup.timeseries_rollup_config where name = 'gamma'`);
    await sql(
      `create or replace function rollup.capture_alpha() returns trigger language plpgsql as 'begin return null; end'`,
    );
    await sql(
      'drop view gold.beta_1h; create view gold.beta_1h as select now() as bucket, 0 as sum_of_nothing',
    );
    await sql('drop trigger rollup_i_beta on raw.beta; alter table raw.beta disable trigger rollup_u_beta');
    // Nothing sees these: gold can be right only if the repair knows that.
    await sql(`insert into raw.beta ${ROWS}`);
    await sql(`insert into raw.alpha (at, device, value) ${ROWS}`);
    expect(await differences(stack.client, specOf(stack, 'alpha'))).toBeGreaterThan(0);

    expect(await stack.ok('refresh', '--yes', '--skip-preview')).toMatch(
      /Rollup alpha updated.*diff: ~configuration,objects,partitions,schedule/,
    );
    const diff = await stack.ok('preview', '--diff');
    for (const line of [
      /~ active\s*: false => true/,
      /~ command\s*: "select 1" => "call rollup\.perform_rollup\('alpha'\)"/,
      /~ schedule: "7 7 7 7 \*" => "0 0 1 1 \*"/,
      /- schedule\s*: "missing"/,
      /~ silver\.alpha_1h\s*: \{[^}]*~ premake\s*: 9 => 4[^}]*~ retention\s*: "1 day" => "90 days"/,
      /- raw\.alpha\s*: "missing"/,
      /~ lag\s*: "03:00:00" => "1 minute"/,
      /~ retention: "2 days" => "90 days"/,
      /~ statements: "differ: 1h\.clear" => "as compiled"/,
      /~ dimensions: \[\s*\+ \[0\]: "device"/,
      /gold\.beta_1h was changed/,
      /trigger rollup_i_beta on raw\.beta is missing; trigger rollup_u_beta on raw\.beta is disabled/,
      /rollup\.capture_alpha was changed/,
      /\+ pulumi-nodejs:dynamic\/tidemark:Rollup: \(create\)[\s\S]*?Rollup::gamma\]/,
      /- tidemark-retries\s*: "missing"/,
    ]) {
      expect(diff).toMatch(line);
    }

    await stack.up();
    for (const name of ['alpha', 'beta', 'gamma']) await expectWhole(stack, name);
    const jobs = await sql(
      `select jobname, schedule, active from cron.job where jobname in ('tidemark:alpha', 'tidemark:beta', 'tidemark-retries') order by 1`,
    );
    expect(jobs.rows).toEqual([
      { jobname: 'tidemark-retries', schedule: '* * * * *', active: true },
      { jobname: 'tidemark:alpha', schedule: '0 0 1 1 *', active: true },
      { jobname: 'tidemark:beta', schedule: '0 0 1 1 *', active: true },
    ]);
    await stack.unchanged();
  });

  it('makes changes in place that need no new data', async () => {
    await stack.define('alpha', alpha({ kept: '1 year', lag: '2 minutes', schedule: '"0 0 2 1 *"' }));
    expect(await stack.up()).toMatch(
      /Rollup alpha updated.*diff: ~configuration,definition,partitions,schedule/,
    );
    await expectWhole(stack, 'alpha');
    await stack.unchanged();
  });

  it('refuses changes that lose data or need a rebuild, at preview and at up, and touches nothing', async () => {
    const rows = () =>
      sql(`select xmin, definition from rollup.timeseries_rollup_config order by name`).then(
        (result) => result.rows,
      );
    const before = await rows();
    await stack.define('alpha', alpha({ dimensions: '[site]', lag: '2 minutes', schedule: '"0 0 2 1 *"' }));
    const sentence =
      /Rollup "alpha" cannot be changed in place: dimensions from \["device"\] to \["site"\] \(rebuild\); tiers\.1h\.retention from 1 year to 90 days \(data-loss\)\. Nothing was changed\./;
    expect(await stack.fails('preview')).toMatch(sentence);
    expect(await stack.fails('up', '--yes', '--skip-preview')).toMatch(sentence);
    await stack.define('alpha', alpha({ measures: '[p95]' }));
    expect(await stack.fails('up', '--yes', '--skip-preview')).toMatch(
      /The definitions have 1 error, so nothing is planned:\s+\S*rollups\/alpha\.yaml:10:\d+: .*p95/,
    );
    expect(await rows()).toEqual(before);
    await stack.define('alpha', alpha({ kept: '1 year', lag: '2 minutes', schedule: '"0 0 2 1 *"' }));
  });

  it('retains or drops what a removed file had defined, and takes a retained one back', async () => {
    const gamma = specOf(stack, 'gamma');
    await stack.remove('beta');
    await stack.remove('gamma');
    await stack.up();
    const left =
      await sql(`select to_regclass('silver.beta_1h') as beta, to_regclass('gold.gamma_1h') as gamma,
      (select count(*)::integer from pg_trigger where tgrelid = 'raw.beta'::regclass) as triggers,
      (select count(*)::integer from cron.job where jobname ~ ':(beta|gamma)$') as jobs`);
    expect(left.rows).toEqual([{ beta: null, gamma: 'gold.gamma_1h', triggers: 0, jobs: 0 }]);
    await sql(`insert into raw.beta ${ROWS}`);
    expect(await differences(stack.client, gamma)).toBe(0);
    await stack.unchanged();

    await stack.define('gamma', shared('gamma', 'retain'));
    expect(await stack.up()).toMatch(/1 created/);
    await expectWhole(stack, 'gamma');
    await stack.unchanged();
  });

  it('destroys to the same rules, and has never told the password', async () => {
    await stack.ok('destroy', '--yes', '--skip-preview');
    const left = await sql(
      `select to_regclass('gold.alpha_1d') is not null as alpha, (select count(*)::integer from cron.job where jobname ~ '^tidemark') as jobs`,
    );
    expect(left.rows).toEqual([{ alpha: true, jobs: 0 }]);
    const { password } = new URL(stack.server.url);
    const traces = await stack.traces();
    expect(traces).toContain('tidemark:Rollup');
    expect(password.length).toBeGreaterThan(20);
    expect(traces.includes(password)).toBe(false);
  });
});
