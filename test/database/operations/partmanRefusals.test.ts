import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, openClient, type TestDatabase } from '../../helpers/database';
import { value } from './support';

let database: TestDatabase;
let client: Client;

beforeAll(async () => {
  database = await createTestDatabase();
  client = await openClient(database.url);
  // A zone far from UTC, and one with summer time: partitions must not depend on who makes them.
  await client.query(`set timezone = 'America/New_York'`);
});
afterAll(async () => {
  await client?.end();
  await database?.drop();
});

const table = async (name: string, columns = 'at timestamptz not null', key = 'range (at)') => {
  await client.query(`create table raw.${name} (${columns}) partition by ${key}`);
};
const manage = (
  name: string,
  every: string,
  start: string | null = null,
  retention: string | null = null,
  premake = 4,
) =>
  client.query('select rollup.partman_manage($1::regclass, $2, $3, $4, $5, $6)', [
    `raw.${name}`,
    'at',
    every,
    start,
    retention,
    premake,
  ]);

describe("pg_partman's adapter", () => {
  it.each([
    ['plain', 'create table raw.plain (at timestamptz not null)', /^raw\.plain is not a partitioned table$/],
    [
      'listed',
      'create table raw.listed (at timestamptz not null) partition by list (at)',
      /^raw\.listed is not partitioned by range on at alone$/,
    ],
    [
      'two',
      'create table raw.two (at timestamptz not null, k integer) partition by range (at, k)',
      /^raw\.two is not partitioned by range on at alone$/,
    ],
    [
      'other',
      'create table raw.other (at timestamptz not null, b timestamptz not null) partition by range (b)',
      /^raw\.other is not partitioned by range on at alone$/,
    ],
    [
      'maybe',
      'create table raw.maybe (at timestamptz) partition by range (at)',
      /^column at of raw\.maybe may be null$/,
    ],
    [
      '"dot.ted"',
      'create table raw."dot.ted" (at timestamptz not null) partition by range (at)',
      /whose name holds a dot or a quote$/,
    ],
    [
      'own',
      `create table raw.own (at timestamptz not null) partition by range (at); create table raw.own_x partition of raw.own for values from ('2001-01-01Z') to ('2001-02-01Z')`,
      /^(partition own_x of raw\.own was not made by pg_partman|pg_partman cannot partition raw\.own by 1 mon: .*)$/,
    ],
  ])('refuses %s with one sentence and changes nothing', async (name, create, message) => {
    await client.query(create);
    await expect(manage(name, '1 month')).rejects.toThrow(message);
    expect(
      await value(client, 'select count(*) from partman.part_config where parent_table = $1', [
        `raw.${name.replaceAll('"', '')}`,
      ]),
    ).toBe(0);
  });

  it('refuses another partition length, and one that is none', async () => {
    await table('length');
    await manage('length', '1 month');
    await expect(manage('length', '30 days')).rejects.toThrow(
      'raw.length has partitions of 1 mon, which cannot become partitions of 30 days',
    );
    await table('mixed');
    await expect(manage('mixed', '1 month 3 days')).rejects.toThrow(
      /neither whole months nor a fixed length/,
    );
  });

  it('says so where pg_partman is missing or in another schema', async () => {
    const admin = await openClient(database.adminUrl);
    try {
      await admin.query('begin; drop extension pg_partman cascade; drop schema partman cascade');
      await expect(admin.query(`select rollup.partman_observe('raw.plain')`)).rejects.toThrow(
        /^pg_partman is not installed in database/,
      );
      await admin.query(
        'rollback; begin; drop extension pg_partman cascade; create schema elsewhere; create extension pg_partman schema elsewhere',
      );
      await expect(admin.query(`select rollup.partman_observe('raw.plain')`)).rejects.toThrow(
        'pg_partman is installed in schema elsewhere, not in schema partman',
      );
      await admin.query('rollback');
    } finally {
      await admin.end();
    }
  });
});
