import { forUsers } from './failure';
import type { Provider } from './provider';

/** The same provider, whose expected errors reach Pulumi as one sentence without a stack. */
export function guarded(provider: Provider): Provider {
  const told = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (cause) {
      throw forUsers(cause);
    }
  };
  return {
    check: (before, given) => told(provider.check(before, given)),
    diff: (id, outputs, inputs) => told(provider.diff(id, outputs, inputs)),
    create: (inputs) => told(provider.create(inputs)),
    update: (id, outputs, inputs) => told(provider.update(id, outputs, inputs)),
    read: (id, outputs) => told(provider.read(id, outputs)),
    delete: (id, outputs) => told(provider.delete(id, outputs)),
  };
}
