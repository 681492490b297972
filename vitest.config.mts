import { defineConfig } from 'vitest/config';

// Database and end-to-end files talk to servers that other files use too, so their time limits are generous, and end
// only what hangs: what a test waits for, it waits for by condition.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '.local/**', 'dist/**'],
    testTimeout: 600_000,
    hookTimeout: 900_000,
    pool: 'forks',
    poolOptions: { forks: { maxForks: 2 } },
  },
});
