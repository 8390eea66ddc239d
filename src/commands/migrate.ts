import type { Migrator } from '../access/access.ts';
import { waitAtMost, withTimeout } from '../lib/timeout.ts';
import type { AskResult, Origin } from '../migrations/confirmations.ts';
import { adobePage } from '../migrations/hand-off.ts';
import { linkFor, type Reader } from '../migrations/message-link.ts';
import { endsHere } from '../migrations/steps.ts';
import type { Services } from '../services.ts';
import {
  goneMessage,
  noOneElseMessage,
  noSecondPersonMessage,
  nothingLeftMessage,
  notPossibleMessage,
  notPostedMessage,
  oneAtATimeMessage,
  postedMessage,
  tooManyOpenMessage,
} from '../slack/messages/ask-replies.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { dryRunNeedsNameMessage } from '../slack/messages/dry-run.ts';
import { stillReadingMessage } from '../slack/messages/first-reading.ts';
import { onHoldMessage } from '../slack/messages/hold.ts';
import { pickerMessage } from '../slack/messages/picker.ts';
import { questionMessage } from '../slack/messages/question.ts';
import { nothingToEndMessage, unfinishedMessage } from '../slack/messages/two-steps.ts';
import { findCredential } from './find-credential.ts';
import type { Subcommand } from './subcommand.ts';

export const migrate: Subcommand = {
  name: 'migrate',
  usage: 'migrate [name or technical account id] [dry-run]',
  summary: 'migrate one credential, after a confirmation',
  migratorsOnly: true,
  async run(invocation, services) {
    const { person, channel, responseUrl, reply } = invocation;
    const { args, isDryRun } = parseDryRun(invocation.args);
    if (isDryRun && args === '') return reply(dryRunNeedsNameMessage());
    if (args === '') {
      const { counts, sync } = await services.catalogue.overview();
      if (counts.eligible > 0) return reply(pickerMessage(counts.eligible));
      return reply(stillReadingMessage(sync, services.clock.now()) ?? nothingLeftMessage());
    }
    if (/^(all|everything)$/i.test(args) && !(await isNamed(args, services))) return reply(oneAtATimeMessage());
    // The buttons beside several matches would ask for a real migration.
    const choosing = isDryRun ? null : 'migrate';
    const credential = await findCredential({ args, reply }, services, { choosing, isExact: true });
    if (credential === null) return;
    const from = { channel, responseUrl };
    const message = await askReply(services, person, credential.technicalAccountId, from, { isDryRun });
    if (message !== null) await reply(message);
  },
};

/** Whether a credential has exactly this name. */
async function isNamed(name: string, { catalogue }: Services): Promise<boolean> {
  const found = await catalogue.find(name);
  return found.kind === 'one' && found.isExact;
}

/** `… dry-run` at the end asks for a dry run; if a name ends like this, that is the safe interpretation. */
function parseDryRun(typed: string): { args: string; isDryRun: boolean } {
  const args = typed.replace(/(^|\s)-{0,2}dry[- ]?run$/i, '').trim();
  return { args, isDryRun: args !== typed };
}

/** How long a question waits until what depends on its credential is read. Milliseconds. */
const FRESH_MS = 1_500;

/**
 * Asks to migrate a credential, or to finish its migration. The reply is only for the asker; null if the posted
 * question reaches them.
 */
export async function askReply(
  { confirmations, impacts, settings }: Services,
  person: Migrator,
  technicalAccountId: string,
  from: Origin,
  { step = 'start', isDryRun = false }: { readonly step?: 'start' | 'finish'; readonly isDryRun?: boolean } = {},
): Promise<Message | null> {
  const asked = await confirmations.ask(person, technicalAccountId, from, step, isDryRun);
  if (asked.kind !== 'asked') return notAskedMessage(asked, { person, channel: from.channel }, settings, step);
  const { request, credential, approvers } = asked;
  const reading = impacts.read(credential);
  if (request.questionMessage === null) {
    // This question cannot be edited, so it waits for a moment; what is not read by then is shown as it was last known.
    const impact = await withTimeout(() => reading, FRESH_MS).catch(() => null);
    const shown = impact === null ? request : await impacts.keep(request, impact);
    return questionMessage(shown, credential, null);
  }
  const showing = reading.then((impact) => impacts.show(request, credential, impact, { approvers }));
  await waitAtMost(showing, FRESH_MS);
  return from.responseUrl === null ? null : postedMessage();
}

/** Why a request to migrate led to no question. */
export function notAskedMessage(
  asked: Exclude<AskResult, { kind: 'asked' }>,
  reader: Reader,
  { migration }: Services['settings'],
  step: 'start' | 'finish',
): Message {
  const mayEnd = endsHere(migration.method);
  switch (asked.kind) {
    case 'gone':
      return goneMessage();
    case 'not_possible': {
      const { credential, active } = asked;
      const link = linkFor(active, reader);
      if (step === 'finish') return nothingToEndMessage(credential, active, { mayEnd, link });
      return mayEnd && credential.status === 'unfinished'
        ? unfinishedMessage(credential)
        : notPossibleMessage(credential, active, adobePage(migration.uiUrl, credential), link);
    }
    case 'held':
      return onHoldMessage(asked.credential, asked.hold, reader.person.id);
    case 'not_posted':
      return notPostedMessage();
    case 'too_many':
      return tooManyOpenMessage();
    case 'no_one_else':
      return noOneElseMessage();
    case 'not_shared':
      return noSecondPersonMessage();
  }
}
