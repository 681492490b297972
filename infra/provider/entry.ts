/** What `tidemark/provider` exports: the live providers that the text in the state (stub.ts) hands over to. */
import { engine as engineProvider } from './engine';
import { guarded } from './guard';
import { login as loginProvider } from './login';
import { rollup as rollupProvider } from './rollup';
import { server as serverProvider } from './server';

export const engine = guarded(engineProvider);
export const rollup = guarded(rollupProvider);
export const server = guarded(serverProvider);
export const login = guarded(loginProvider);
