/** What `tidemark/provider` exports: the live providers that the text in the state (stub.ts) hands over to. */
import { engine as engineProvider } from './engine';
import { guarded } from './guard';
import { rollup as rollupProvider } from './rollup';

export const engine = guarded(engineProvider);
export const rollup = guarded(rollupProvider);
