import { expect, test } from 'vitest';
import { outsideText, plainText, toOperator } from '../../src/doctor/plain-text.ts';
import { code } from '../../src/slack/escaping.ts';

test('Slack’s markup becomes plain text', () => {
  expect(plainText('*Set* `PORT` <https://example.com|here> &lt;b&gt; &amp;amp; until <!date^1^{date}|noon>')).toBe(
    'Set PORT here <b> &amp; until noon',
  );
});

test('text from outside cannot control a terminal', () => {
  const hostile = '\u001b[2Jname\u202e\u0007 <!channel>\nnext';
  for (const text of [outsideText(hostile), plainText(code(hostile))]) {
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(text).toContain('<!channel>');
  }
});

test('advice is addressed to the operator who runs the doctor', () => {
  expect(toOperator('Ask an operator to check PORT.')).toBe('Check PORT.');
  expect(toOperator('Try again; if it keeps failing, ask an operator to check the network.')).toBe(
    'Try again; if it keeps failing, check the network.',
  );
});
