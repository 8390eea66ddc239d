import { expect, test } from 'vitest';
import { newReference } from '../../src/lib/reference.ts';

test('references are eight unambiguous characters, different each time', () => {
  const references = Array.from({ length: 500 }, newReference);
  for (const reference of references) expect(reference).toMatch(/^[A-HJKMNP-Z2-9]{8}$/);
  expect(new Set(references).size).toBe(500);
});
