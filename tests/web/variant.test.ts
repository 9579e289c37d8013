import { expect, test } from 'vitest';

import { wantedVariant } from '../../web/src/shared/variant';

test.each([
  ['', {}],
  ['?variant=baseline', { variant: 'baseline' }],
  ['?a=b&variant=relaxed', { variant: 'relaxed' }],
  ['?variant=fast', {}],
])('the address %s asks for a variant', (search, wanted) => {
  expect(wantedVariant(search)).toEqual(wanted);
});
