import { describe, expect, test } from 'vitest';
import { linkFor, linkInQuestion } from '../../src/migrations/message-link.ts';
import type { MessageLink, MessageRef, Migration } from '../../src/migrations/migration.ts';
import { ProgressLinks } from '../../src/migrations/progress-links.ts';
import { FakeMessages } from '../support/fake-messages.ts';
import { minute, request } from '../support/samples.ts';

const urlIn = ({ channel }: Pick<MessageRef, 'channel'>) => `https://example.slack.com/archives/${channel}/p1`;
const URL = urlIn({ channel: 'C1' });
const CHANNEL: MessageRef = { channel: 'C1', ts: '1.1' };
const DIRECT: MessageRef = { channel: 'D1', ts: '1.1' };
const IN_DIRECT = urlIn(DIRECT);

function confirmed(changes: Partial<Migration> = {}): Migration {
  return { ...request('m'), askedBy: 'U0ASKER', decidedBy: 'U0SECOND', state: 'confirmed', channel: 'C1', ...changes };
}

function shown(message: MessageRef, isPublic: boolean, changes: Partial<Migration> = {}): Migration {
  return confirmed({ message, messageLink: { url: urlIn(message), isPublic }, ...changes });
}

describe('the message about a migration', () => {
  test.each([
    ['in a public channel', CHANNEL, true, { U0ASKER: URL, U0SECOND: URL, U0OTHER: URL }],
    ['in a private channel', CHANNEL, false, { U0ASKER: URL, U0SECOND: URL, U0OTHER: null }],
    ['in direct messages', DIRECT, false, { U0ASKER: null, U0SECOND: IN_DIRECT, U0OTHER: null }],
  ] as const)('%s is linked for those who can open it', (_, message, isPublic, expected) => {
    const migration = shown(message, isPublic);
    const links = Object.keys(expected).map((id) => [id, linkFor(migration, { person: { id }, channel: null })]);
    expect(Object.fromEntries(links)).toEqual(expected);
  });

  test('is linked for everyone in its channel, and nowhere else', () => {
    const migration = shown(CHANNEL, false);
    const links = ['C1', 'C2'].map((channel) => linkFor(migration, { person: { id: 'U0OTHER' }, channel }));
    expect(links).toEqual([URL, null]);
  });

  test('is not linked before its address is known', () => {
    expect(linkFor(confirmed({ message: CHANNEL }), { person: { id: 'U0ASKER' }, channel: 'C1' })).toBeNull();
  });

  test('is not linked by the address of the previous message, which an earlier version left there', () => {
    const reader = { person: { id: 'U0ASKER' }, channel: 'C1' };
    const messageLink = { url: IN_DIRECT, isPublic: false };
    expect(linkFor(confirmed({ message: CHANNEL, messageLink }), reader)).toBeNull();
  });

  test('is linked in a posted question if all its readers can open it, otherwise for the person who confirmed', () => {
    const ask = (questionMessage: MessageRef | null, message: MessageRef, isPublic = false) =>
      linkInQuestion(shown(message, isPublic, { questionMessage }));
    const question = { channel: 'C1', ts: '0.1' };
    expect([ask(question, CHANNEL), ask({ ...question, channel: 'C2' }, CHANNEL, true)]).toEqual([URL, URL]);
    expect([ask({ ...question, channel: 'C2' }, CHANNEL), ask(question, DIRECT)]).toEqual([null, null]);
    expect([ask(null, CHANNEL), ask(null, DIRECT)]).toEqual([URL, IN_DIRECT]);
  });
});

describe('the addresses of messages', () => {
  function start() {
    const messages = new FakeMessages();
    const kept: [string, MessageRef, MessageLink][] = [];
    const migrations = {
      isDown: false,
      isReplaced: false,
      async setMessageLink(...link: [string, MessageRef, MessageLink]) {
        if (migrations.isDown) throw new Error('no database');
        if (!migrations.isReplaced) kept.push(link);
        return !migrations.isReplaced;
      },
    };
    return { messages, migrations, kept, links: new ProgressLinks({ migrations, messages }) };
  }

  test('are stored, and then shown in the question', async () => {
    const { links, messages, kept } = start();
    links.add({ ...confirmed(), message: CHANNEL });
    await links.show();
    const messageLink = messages.linkOf(CHANNEL);
    expect(kept).toEqual([['m', CHANNEL, messageLink]]);
    expect(messages.linked).toEqual([{ ...confirmed(), message: CHANNEL, messageLink }]);
    await links.show();
    expect(kept).toHaveLength(1);
  });

  test('are neither stored nor requested again if Slack does not return them', async () => {
    const { links, messages, kept } = start();
    messages.linkOf = () => null;
    links.add({ ...confirmed(), message: CHANNEL });
    await links.show();
    messages.linkOf = () => ({ url: URL, isPublic: true });
    await links.show();
    expect([kept, messages.linked]).toEqual([[], []]);
  });

  test('are not shown in the question if another message has meanwhile replaced theirs', async () => {
    const { links, messages, migrations } = start();
    migrations.isReplaced = true;
    links.add({ ...confirmed(), message: CHANNEL });
    await links.show();
    expect(messages.linked).toEqual([]);
  });

  test('wait until the database accepts them', async () => {
    const { links, migrations, kept } = start();
    for (const id of ['first', 'second']) links.add({ ...confirmed({ id }), message: CHANNEL });
    migrations.isDown = true;
    await expect(links.show()).rejects.toThrow('no database');
    migrations.isDown = false;
    await links.show();
    expect(kept.map(([id]) => id)).toEqual(['first', 'second']);
  });

  test('are stored for an end unless it was sent as a direct message to an unknown person', async () => {
    const { links, kept } = start();
    const ended = (id: string, channel: string, message: MessageRef) =>
      links.add({ ...confirmed({ id, channel, endedAt: minute(1) }), message });
    ended('in a channel', 'C2', CHANNEL);
    ended('where it was asked', 'D1', DIRECT);
    ended('elsewhere', 'C1', DIRECT);
    links.add({ ...confirmed({ id: 'progress' }), message: DIRECT });
    await links.show();
    expect(kept.map(([id]) => id)).toEqual(['in a channel', 'where it was asked', 'progress']);
  });
});
