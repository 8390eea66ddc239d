import type { ModalView } from '@slack/types';
import type { AssignmentNotice } from '../../src/notices/notice.ts';
import type { AssignedNow, AssignTarget, Takeover } from '../../src/reminders/assignment.ts';
import type { Offer } from '../../src/reminders/offer.ts';
import * as assign from '../../src/slack/messages/assign.ts';
import type { Message } from '../../src/slack/messages/blocks.ts';
import { digestParts, editedDigest } from '../../src/slack/messages/digest.ts';
import { credential, digest, NOW, type Outside } from './samples.ts';

const PRESS_URL = `https://hooks.slack.com/actions/T0/${'1'.repeat(200)}/abc`;

/** Every message about who is notified instead of an owner, by its builder. */
export function everyAssign(outside: Outside): Record<string, readonly Message[]> {
  const { user, text } = outside;
  const some = [1, 3, 500].map((length) => Array.from({ length }, () => credential(outside)));
  const taken = [...some, ...some].map((credentials) => ({ userId: user, credentials }));
  return {
    assignedMessage: [
      ...some.flatMap((credentials) =>
        [user, 'U0OTHER001'].map((userId) =>
          assign.assignedMessage({ kind: 'assigned', userId, credentials, assignment: 'a1', taken }, user),
        ),
      ),
      assign.assignedMessage({ kind: 'taken', taken }, user),
      assign.assignedMessage({ kind: 'notified_again', userId: user }, user),
      ...(['unchanged', 'not_a_member'] as const).flatMap((kind) =>
        [user, 'U0OTHER001'].map((userId) => assign.assignedMessage({ kind, userId }, user)),
      ),
      assign.assignedMessage({ kind: 'none_left' }, user),
    ],
    givenBackMessage: [
      assign.givenBackMessage({ kind: 'not_yours' }),
      ...[[], ...some].map((credentials) => assign.givenBackMessage({ kind: 'given_back', credentials })),
    ],
    assignmentNotice: noticesOf(user, text).map(assign.assignmentNotice),
    editedDigest: editedDigests(outside),
  };
}

function noticesOf(by: string, text: string): AssignmentNotice[] {
  const several = [
    { names: [text], count: 1 },
    { names: [text, text, text], count: 500 },
  ];
  return several.flatMap((named): AssignmentNotice[] => [
    { kind: 'assigned', by, assignment: 'a1', owner: text, ...named },
    { kind: 'assigned', by, assignment: 'a1', owner: null, ...named },
    { kind: 'assigned', by, assignment: 'a1', owner: text, notified: by, ...named },
    { kind: 'reassigned', by, to: by, ...named },
    { kind: 'reassigned', by, to: 'U0OTHER001', ...named },
    { kind: 'given_back', by, ...named },
  ]);
}

/** Digests posted with unreachable owners, and edited: nobody or several people have the credentials, none is left. */
function editedDigests(outside: Outside): Message[] {
  const { user, text } = outside;
  const credentials = Array.from({ length: 5 }, (_, i) => credential(outside, { technicalAccountId: `${i}` }));
  const unreachable = { kind: 'unreachable', why: 'unknown' } as const;
  const groups = [
    { email: text, recipient: unreachable, credentials },
    { email: null, recipient: null, credentials },
    { email: null, recipient: unreachable, credentials, takenBy: user },
  ];
  const takeover = (changes: Partial<Takeover>) => ({ userId: user, assignment: 'a1', by: user, at: NOW, ...changes });
  const [a = '', b = '', c = ''] = credentials.map(({ technicalAccountId }) => technicalAccountId);
  const nobody: AssignedNow = { credentials, takeovers: new Map() };
  const several = new Map([
    [a, takeover({})],
    [b, takeover({ by: 'U0OTHER001' })],
    [c, takeover({ assignment: null, by: null, at: null })],
  ]);
  return digestParts(digest({ groups })).flatMap(({ content }) =>
    [nobody, { credentials, takeovers: several }, { credentials: [], takeovers: several }].map((now) =>
      editedDigest(content ?? '[]', now, NOW),
    ),
  );
}

export function everyAssignModal(outside: Outside): Record<string, readonly ModalView[]> {
  const targets: AssignTarget[] = [
    ...[{ owner: outside.text }, { owner: null }, { takenBy: outside.user }],
    { credentials: [outside.text], saidBy: outside.user },
  ];
  const at = NOW;
  const offers = targets.flatMap((target) =>
    [1, 500].flatMap((length): Offer[] => {
      const credentials = Array.from({ length }, () => credential(outside));
      const offer = { target, at, credentials, holders: [], notified: null };
      const holders = Array.from({ length }, () => outside.user);
      return [offer, { ...offer, notified: outside.user }, { ...offer, holders }];
    }),
  );
  return {
    // An offer too long for a button's value cannot open a modal.
    assignModal: offers
      .filter(({ target, notified }) => JSON.stringify([target, notified]).length <= 2_000)
      .map((offer) => assign.assignModal(offer, PRESS_URL, outside.user)),
  };
}
