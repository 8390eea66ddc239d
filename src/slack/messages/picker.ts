import type { ListedCredential } from '../../credentials/credential.ts';
import { namePlain, plain } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { buttons, line, MAX_LABEL, type Message, plainText, toMessage } from './blocks.ts';
import { count } from './formatting.ts';
import { usagePlain } from './usage.ts';

/** The searchable picker, for `migrate` without a name. `eligible`: how many there are to choose from. */
export function pickerMessage(eligible: number): Message {
  return toMessage([
    line(
      `*Which credential?* ${count(eligible, 'credential')} can be migrated. Choose one, or type \`/qs-creds migrate NAME\`. You will be asked to confirm before anything is started.`,
    ),
    buttons({
      type: 'external_select',
      action_id: ACTIONS.pick,
      min_query_length: 0,
      placeholder: plainText('Search by name, sandbox or owner'),
    }),
  ]);
}

/** One option of the picker, with the reason for its place. `isAlike`: another credential has the same name. */
export function pickerOption(credential: ListedCredential, now: Date, { isAlike = false } = {}) {
  const { name, sandboxes, technicalAccountId } = credential;
  const where = plain(sandboxes.join(', '), 24);
  const held = credential.hold === null ? '' : `on hold until ${credential.hold.lastDay} · `;
  const why = plain(`${isAlike ? `${where} · ` : ''}${held}${usagePlain(credential, now)}`, MAX_LABEL);
  return {
    text: plainText(`${namePlain(name, 46)} · ${isAlike ? technicalAccountId : where}`),
    // Slack rejects an empty description.
    ...(why !== '' && { description: plainText(why) }),
    value: technicalAccountId,
  };
}
