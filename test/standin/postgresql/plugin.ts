/** The stand-in for the provider of @pulumi/postgresql: it runs the SQL that the real one runs, over a real connection. */
import { version } from '@pulumi/postgresql/package.json';
import { askCloud } from '../plugin/remote';
import { type Place, type Plugin, serve } from '../plugin/server';
import type { Data } from '../plugin/values';
import { connected } from './connection';
import { differences, translator, type Work } from './sql';

let variables: Data = {};

async function run(work: Work): Promise<void> {
  const { database, transaction, statements } = work;
  if (work.delegated === true) {
    await askCloud('/delegate', {
      port: Number(variables['port']),
      database: database ?? variables['database'],
      login: variables['username'],
      statements,
    });
    return;
  }
  await connected(variables, database, async (client) => {
    if (transaction) await client.query('begin');
    for (const statement of statements) await client.query(statement);
    if (transaction) await client.query('commit');
  });
}

/** What the server shows of it, as the real provider keeps it after every change. */
async function seen({ type }: Place, inputs: Data): Promise<Data | null> {
  const { database, text, values, state } = translator(type).read(inputs);
  const rows = await connected(
    variables,
    database,
    async (client) => (await client.query(text, [...values])).rows,
  );
  return state(rows as Data[]);
}

async function applied(place: Place, work: Work, inputs: Data): Promise<Data> {
  await run(work);
  const { defaults } = translator(place.type);
  const found = await seen(place, { ...defaults, ...inputs });
  if (found === null) throw new Error(`${place.type} ${place.name} is not there after it was made.`);
  return { ...defaults, ...found };
}

const plugin: Plugin = {
  version,
  async configure(given) {
    variables = given;
  },
  async check() {
    return { defaults: {}, problems: [] };
  },
  async diff({ type }, { state, news, ignored }) {
    const found = differences(type, news, state, ignored);
    return {
      changed: found.length > 0,
      replaces: found.filter((name) => translator(type).replaces.includes(name)),
    };
  },
  async create(place, inputs) {
    const { create, id } = translator(place.type);
    const outputs = await applied(place, create(inputs), inputs);
    return { id: id({ database: variables['database'], ...inputs }), outputs };
  },
  /** Imported, nothing but its id is known of it: roles and databases have their names for one. */
  async read(place, id, kept) {
    if (Object.keys(kept).length > 0) return seen(place, kept);
    const found = await seen(place, { name: id });
    return found === null ? null : { ...translator(place.type).defaults, ...found };
  },
  async update(place, _id, kept, news) {
    return applied(place, translator(place.type).update(kept, news), news);
  },
  async delete({ type }, _id, kept) {
    await run(translator(type).drop(kept));
  },
  async invoke(token) {
    throw new Error(`The stand-in does not know ${token}.`);
  },
};

void serve(plugin);
