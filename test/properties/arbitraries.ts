import fc from 'fast-check';

/** A fixed seed, so that failures are reproducible. */
export function run(numRuns: number): { seed: number; numRuns: number } {
  return { seed: 20_250_630, numRuns };
}

/** Fragments known to break parsers, escaping and terminals. */
const PIECES = [
  '<!channel>',
  '<@U0ADMIN001>',
  '<https://evil.example|x>',
  '&amp;',
  '&lt;',
  '&',
  '<',
  '>',
  '`',
  '```',
  '\u00b4',
  '*',
  '_',
  '~',
  '|',
  '"',
  "'",
  '“',
  '”',
  '\\',
  '\n',
  '\r\n',
  '\t',
  '\0',
  '\u001b[31m',
  '\u0085',
  '\u2028',
  '\u202e',
  '\u2066',
  '\u200b',
  '\u200d',
  '\ufeff',
  '\u3000',
  '\ud83d',
  '\ude00',
  '😀',
  '👨‍👩‍👧‍👦',
  '🇩🇪',
  'e\u0301',
  '𝒜',
  'İ',
  'ß',
  '$&',
  '{}',
  '__proto__',
  'list',
  'migrate',
];

/** Hostile text: any characters or troublesome fragments, up to 8 000 characters. */
export function anyText(): fc.Arbitrary<string> {
  const pieces = fc.array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 })), { maxLength: 60 });
  return fc.oneof(
    { weight: 4, arbitrary: pieces.map((each) => each.join('')) },
    { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme-ascii', maxLength: 300 }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...PIECES), fc.integer({ min: 1, max: 8_000 }))
        .map(([piece, length]) => piece.repeat(length).slice(0, length)),
    },
  );
}
