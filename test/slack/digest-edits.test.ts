import { describe, expect, test } from 'vitest';
import { MAX_POSTED_BLOCK_TEXT, MAX_UPDATED_TEXT, messageRejection } from '../../playground/slack/limits/limits.ts';
import type { ListedCredential } from '../../src/credentials/credential.ts';
import type { AssignedNow, Takeover } from '../../src/reminders/assignment.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { digestParts, editedDigest } from '../../src/slack/messages/digest.ts';
import { accountId } from '../support/samples.ts';
import { credential, digest, NOW, ORDINARY } from './samples.ts';

const OWNERS = 10;
const EACH = 12;
const nameOf = (number: number) => `${'n'.repeat(77)}${String(number).padStart(3, '0')}`;
const emailOf = (owner: number) => `owner${owner}@example.com`;

/** Credentials of ten owners who cannot be reached, twelve each. */
const CREDENTIALS: readonly ListedCredential[] = Array.from({ length: OWNERS * EACH }, (_, i) =>
  credential(ORDINARY, {
    name: nameOf(i),
    owner: emailOf(Math.floor(i / EACH)),
    technicalAccountId: accountId(i),
    sandboxes: ['prod'],
  }),
);

/** The digest as posted, with fifteen more people. */
function posted(): { readonly message: Message; readonly content: string } {
  const unreachable = { kind: 'unreachable', why: 'unknown' } as const;
  const people = Array.from({ length: 15 }, (_, i) => ({
    email: `person${i}@example.com`,
    recipient: { kind: 'person', userId: `U0PERSON${i}` } as const,
    credentials: CREDENTIALS.slice(0, 1),
  }));
  const groups = Array.from({ length: OWNERS }, (_, owner) => ({
    email: emailOf(owner),
    recipient: unreachable,
    credentials: CREDENTIALS.slice(owner * EACH, (owner + 1) * EACH),
  }));
  const [part, ...more] = digestParts(digest({ groups: [...people, ...groups] }));
  expect(more).toEqual([]);
  return { message: part?.message as Message, content: part?.content ?? '' };
}

/** The first `assigned` credentials, taken from the owners in turn, each assigned to a different person. */
function assignedNow(assigned: number): AssignedNow {
  const takeovers = new Map<string, Takeover>();
  for (let i = 0; i < assigned; i++) {
    const number = (i % OWNERS) * EACH + Math.floor(i / OWNERS);
    takeovers.set(accountId(number), { userId: `U0HOLDER${i}`, assignment: `a${i}`, by: 'U0ADMIN001', at: NOW });
  }
  return { credentials: CREDENTIALS, takeovers };
}

const rejectionOf = ({ text, blocks }: Message) =>
  messageRejection(text, blocks, MAX_UPDATED_TEXT, MAX_POSTED_BLOCK_TEXT);

const buttonsOf = ({ blocks }: Message) =>
  [...JSON.stringify(blocks).matchAll(/"action_id":"(\w+)"/g)].map(([, id]) => id);

describe('an edited digest', () => {
  test.each([0, 1, 10, 30, 60, 119, 120])(
    'with %i credentials assigned, each to another person, is accepted by Slack and keeps every row and button that was posted',
    (assigned) => {
      const { message, content } = posted();
      const edited = editedDigest(content, assignedNow(assigned), NOW);
      expect(rejectionOf(edited)).toBeNull();
      expect(buttonsOf(edited)).toEqual(buttonsOf(message));
      const said = JSON.stringify(edited.blocks);
      for (let owner = 0; owner < OWNERS; owner++) expect(said).toContain(emailOf(owner));
      // The last row is still there, below everything that was edited.
      expect(said).toContain('Audit trail: ');
    },
  );

  test('counts everything it does not name, and omits no person and no credential silently', () => {
    const { content } = posted();
    const edited = editedDigest(content, assignedNow(60), NOW);
    const said = JSON.stringify(edited.blocks);
    for (let owner = 0; owner < OWNERS; owner++) {
      const from = said.indexOf(`\`${emailOf(owner)}\``);
      const rows = said.slice(from, owner === OWNERS - 1 ? undefined : said.indexOf(`\`${emailOf(owner + 1)}\``));
      const left = [...rows.matchAll(/ (\d+) left/g)].reduce((sum, [, count]) => sum + Number(count), 0);
      expect(left, emailOf(owner)).toBe(EACH);
    }
    expect(said).toMatch(/and \d left: \d more people are notified/);
  });

  test('names the people who are notified, as long as there is room for them', () => {
    const { content } = posted();
    const said = JSON.stringify(editedDigest(content, assignedNow(10), NOW).blocks);
    for (let i = 0; i < 10; i++) expect(said).toContain(`<@U0HOLDER${i}> is notified, assigned by <@U0ADMIN001>`);
  });
});
