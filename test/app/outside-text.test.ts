import { describe, expect, test } from 'vitest';
import { readableText } from '../../playground/slack/blocks.ts';
import type { SeenModal } from '../../playground/slack/seen.ts';
import { ADMIN } from '../support/people.ts';
import { buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, RUNNING, type World } from './world.ts';

/** Possible contents of a name, a description, an owner, an error of Adobe or an argument. */
const TEXTS = [
  ['mentions', '<!channel> <!here> @channel <@U0ADMIN001> <#C0DATA0001>'],
  ['links', '<https://evil.example|click> https://evil.example/plain evil.example'],
  ['emphasis', '*bold* _italic_ ~struck~ `code` ```more``` > quote'],
  ['a backtick that would end the code span', "` <!everyone> ` '"],
  ['10 000 characters', 'x'.repeat(10_000)],
  ['10 000 ampersands', '&'.repeat(10_000)],
  ['12 000 characters of markup', '<&>'.repeat(4_000)],
  ['emoji', `${'😀'.repeat(60)} 👨‍👩‍👧‍👦 :rocket: 🇪🇺`],
  ['bidirectional marks', 'right \u202eto\u202c left \u200f\u2067mark\u2069 \u200b\ufeffend'],
  ['control characters', 'bell \u0007 null \u0000 line\nbreak\r\ttab \u2028 \u001b[31m'],
  ['half a surrogate pair', 'half a pair \ud83d'],
  ['escape sequences', '{"json": "\\u003c!channel\\u003e"} %3C!channel%3E &lt;!channel&gt;'],
  ['spaces', '   '],
  ['empty text', ''],
] as const;

const ID = 'ABCDEF0123456789ABCDEF01';

/** A credential with this text as name, description and owner. */
function hostile(text: string, technicalAccountId = ID) {
  const sandboxes = ['prod', 'dev', 'stage'];
  return credential(text, { technicalAccountId, description: text, owner: text, sandboxes });
}

/** None of these may be shown outside of code, where Slack reads markup. */
const LIVE = /evil|bold|italic|struck|code|quote|everyone|rocket|channel&|here&|@channel|C0DATA|json/;
const CONTROLS = /(?!\n)[\p{Cc}\u2028\u2029\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]|\p{Cs}/u;

/** Asserts that everything sent is inert, however it is read. Every test ends with a search for raw markup. */
function expectInert(world: World): void {
  const markup = world.sent.markup();
  // A link to a message is not text from outside.
  const outsideCode = markup.map((text) =>
    text.replace(/`[^`\n]*`|<http:[\w./:]+\/p\d+\|(?:A separate message|[Ii]ts message|progress)>/g, ''),
  );
  expect(outsideCode.filter((text) => text.includes('`') || LIVE.test(text))).toEqual([]);
  const plain = world.slack.calls.map(({ args }) => readableText(args));
  expect([...markup, ...plain].filter((text) => CONTROLS.test(text))).toEqual([]);
  expect(world.slack.rejected).toEqual([]);
}

async function openHome(world: World): Promise<string> {
  const before = world.slack.homeOf(ADMIN);
  await world.slack.openHome(ADMIN);
  const isNew = () => world.slack.homeOf(ADMIN)?.hash !== before?.hash && world.slack.homeOf(ADMIN);
  return readableText(await world.slack.waitFor(isNew, { what: 'the Home' }));
}

/** The phrase that the form asks a person to type, as shown. */
function confirmationPhrase({ view }: SeenModal): string {
  const line = view.blocks.find(({ type }) => type === 'rich_text');
  return readableText(line ?? {});
}

describe('text from outside', () => {
  test('text from outside is plain text in the list, the picker and the Home', async () => {
    const all = TEXTS.map(([, text], i) => hostile(text, `${i}`.padStart(24, 'E')));
    const world = await startWorld({ seed: seedOf(...all) });

    const list = await world.say(ADMIN, 'list');

    expect(list.text).toContain('`&lt;!channel&gt; &lt;!here&gt;');
    expect(list.text).toContain(`\`${'x'.repeat(79)}…\``);
    expect(list.text).toMatch(/`(&amp;){10,79}…`/);
    expect(list.text).toContain('(no name)');
    const rest = await world.press(ADMIN, list, 'list_next');
    expect(buttonsOf(rest).length).toBeGreaterThan(2);
    const picker = await world.say(ADMIN, 'migrate');
    const { options } = await world.slack.suggest(ADMIN, picker, 'pick_credential', '');
    expect(options).toHaveLength(TEXTS.length);
    expect((await world.say(ADMIN, 'status eeee')).text).toContain('14 credentials match');
    expect(await openHome(world)).toContain('&lt;!channel&gt;');
    expectInert(world);
  });

  test.each(TEXTS)('text from outside is plain text from the question to the end: %s', async (_, text) => {
    const world = await startWorld({ seed: seedOf(hostile(text)), migrationSeconds: 4 });
    const body = { error_code: text, message: text, request_id: text };

    for (const status of [400, undefined]) {
      if (status !== undefined) world.adobe.faults.add({ on: 'start', kind: 'status', status, body });
      const question = await world.say(ADMIN, `migrate ${ID}`);
      const modal = await world.openModal(ADMIN, question);
      await world.slack.submit(ADMIN, modal.viewId, { typed_name: { name: '<!channel>' } });
      expect(world.slack.modalOf(ADMIN)?.errors).toMatchObject({
        typed_name: expect.stringContaining("Name doesn't match"),
      });
      await world.slack.submit(ADMIN, modal.viewId, { typed_name: { name: confirmationPhrase(modal) } });
      await world.until(status === undefined ? MIGRATED : /^❌ \*Not migrated\*/);
      expect((await world.say(ADMIN, `status ${ID}`)).text).toContain('Confirmed by <@U0ADMIN001>');
      expect((await world.say(ADMIN, `history ${ID}`)).text).toContain('confirmed the migration of');
    }

    expect(await openHome(world)).toContain('No migration is running.');
    expect(world.adobe.starts).toHaveLength(1);
    expectInert(world);
  });

  test.each(TEXTS)('text from outside is plain text in the errors of Adobe and in arguments: %s', async (_, text) => {
    const world = await startWorld({ seed: seedOf(hostile(text)) });
    const body = { error_code: text, message: text, request_id: text };
    world.adobe.faults.add({ on: 'accounts', kind: 'status', status: 403, body, times: 3 });

    await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');

    for (const command of ['list', 'status']) {
      expect((await world.say(ADMIN, command)).text).toContain('AEP admin verification failed');
    }
    expect(await openHome(world)).toContain('AEP admin verification failed');
    for (const command of ['', 'list ', 'status ', 'history ', 'migrate ', 'status no ', 'list no ']) {
      await world.say(ADMIN, command + text);
    }
    expectInert(world);
  });

  // This message has the most texts, which makes long ones the hardest here.
  test.each(TEXTS.slice(0, 7))('text from outside is plain text when the end is unknown: %s', async (_, text) => {
    const world = await startWorld({
      seed: seedOf({ ...hostile(text), sandboxes: ['dev'] }, credential('other')),
      env: { MIGRATION_TIMEOUT_SECONDS: '41' },
    });
    const body = { error_code: text, message: text, request_id: text };
    world.adobe.faults.add({ on: 'start', kind: 'status', status: 500, body });

    await world.migrate(ADMIN, ID);
    await world.until(RUNNING);
    world.clock.advance(1);
    await world.migrate(ADMIN, 'other');
    await world.until(/^🕓.*, 1 ahead/);
    expect((await world.say(ADMIN, 'status')).text).toContain('⏳');
    expect(await openHome(world)).toContain('⏳');
    expect((await world.until(/^⚠️ \*Needs attention\*/)).text).toContain('Adobe failed to start');
    expect((await world.say(ADMIN, `status ${ID}`)).text).toContain('*Needs attention*');
    await world.say(ADMIN, `migrate ${ID}`);
    expectInert(world);
  });
});
