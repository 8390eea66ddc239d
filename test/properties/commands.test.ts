import fc from 'fast-check';
import { expect, test } from 'vitest';
import { subcommands } from '../../src/commands/index.ts';
import { parse as parseTyped } from '../../src/commands/router.ts';
import { readTyped } from '../../src/commands/typed-text.ts';
import { credential, seedOf, startWorld } from '../app/setup.ts';
import { ADMIN, GUEST, MEMBER } from '../support/people.ts';
import { anyText, run } from './arbitraries.ts';

/** Typed text as Slack sends it. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** As Slack sends it. */
const parse = (sent: string) => parseTyped(readTyped(sent).text);

const space = fc.constantFrom('', ' ', '  ', '\t', '\n', '\u00a0', '\u3000');
const blank = fc.constantFrom(' ', '\t', '\n', '\u00a0', ' \t ');
const known = fc.constantFrom(...subcommands.map(({ name }) => name));

test('any text is parsed into one lower-case word and the unchanged rest', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const { name, args } = parse(text);
      expect(name).toBe(name.toLowerCase());
      expect(/\s/.test(name)).toBe(false);
      expect(args).toBe(args.trim());
      if (name === '') expect(args).toBe('');
      expect(subcommands.filter((each) => each.name === name).length).toBeLessThanOrEqual(1);
    }),
    run(500),
  );
});

test('a subcommand is recognised in upper or lower case, with its argument unescaped once', () => {
  const quotes = fc.constantFrom(['"', '"'], ["'", "'"], ['`', '`'], ['“', '”'], ['‘', '’']);
  const shouted = fc.tuple(known, fc.boolean()).map(([name, loud]) => (loud ? name.toUpperCase() : name));
  fc.assert(
    fc.property(
      space,
      shouted,
      blank,
      quotes,
      anyText(),
      space,
      (before, name, between, [open, close], text, after) => {
        const typed = `${before}${name}${between}${open}${escaped(text)}${close}${after}`;
        expect(parse(typed)).toEqual({ name: name.toLowerCase(), args: text.trim() });
      },
    ),
    run(500),
  );
});

test('an argument without surrounding quotation marks stays unchanged', () => {
  const unquoted = anyText().filter((text) => !/^["'`“‘]/.test(text.trim()));
  fc.assert(
    fc.property(known, blank, unquoted, (name, between, text) => {
      expect(parse(`${name}${between}${escaped(text)}`)).toEqual({ name, args: text.trim() });
    }),
    run(500),
  );
});

test('the bot replies in words to any text and starts nothing', async () => {
  const world = await startWorld({ seed: seedOf(credential('airflow-dev'), credential('R&D <nightly>')) });
  const person = fc.constantFrom(ADMIN, MEMBER, GUEST);
  const command = fc.constantFrom(
    '',
    'list ',
    'status ',
    'history ',
    'migrate ',
    'remind ',
    'remind pause ',
    'faq ',
    'help ',
  );
  await fc.assert(
    fc.asyncProperty(person, command, anyText(), async (userId, name, text) => {
      const { text: answer } = await world.say(userId, `/qs-creds ${escaped(`${name}${text}`)}`);
      expect(answer.trim()).not.toBe('');
    }),
    run(60),
  );
  expect(world.adobe.starts).toEqual([]);
});
