// The rules for all TypeScript of the project; run from its root, so that `wasm/src` and `web/src` lie below.
// Few on purpose: what the types do not see and what has cost time. Looks are Prettier's business.
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/dist/', 'build/', '**/*.mjs'] },
  {
    files: ['**/*.ts', '**/*.mts'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A promise that nobody waits for loses its error.
      '@typescript-eslint/no-floating-promises': 'error',
    },
  },
);
