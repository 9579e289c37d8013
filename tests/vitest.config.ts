import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{wasm,web,parity,e2e}/**/*.test.ts'],
    // Networks and browsers share two cores: one file at a time, and room for a slow machine.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
