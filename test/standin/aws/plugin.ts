/** The AWS provider of a test's stack: every question goes to the stand-in cloud in the test's process. */
import { version } from '@pulumi/aws/package.json';
import { askCloud } from '../plugin/remote';
import { type Plugin, serve } from '../plugin/server';

const ask = <T>(operation: string, question: Record<string, unknown>): Promise<T> =>
  askCloud<T>(`/provider/${operation}`, question);

const plugin: Plugin = {
  version,
  configure: async () => undefined,
  check: (place, olds, news) => ask('check', { ...place, olds, news }),
  diff: (place, { olds, news, ignored }) => ask('diff', { ...place, olds, news, ignored }),
  create: (place, inputs) => ask('create', { ...place, inputs }),
  read: (place, id) => ask('read', { ...place, id }),
  update: (place, id, _kept, news) => ask('update', { ...place, id, news }),
  delete: (place, id) => ask('delete', { ...place, id }),
  invoke: (token, args) => ask('invoke', { token, args }),
};

void serve(plugin);
