import type { PlainTextOption } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import { MAX_REASON } from '../../holds/hold.ts';
import { namePlain } from '../escaping.ts';
import { HOLD_FIELDS } from '../ids.ts';
import { input, MAX_LABEL, plainText, type Row, toBlocks } from './blocks.ts';

/** A modal with a form, without its `callback_id`. `state`: carried from the button that opens it to its submission. */
export function modal(state: object, title: string, submit: string, rows: readonly Row[]) {
  return {
    type: 'modal' as const,
    private_metadata: JSON.stringify(state),
    title: plainText(title),
    submit: plainText(submit),
    close: plainText('Not now'),
    blocks: toBlocks(rows),
  };
}

/** Options of a menu in which credentials are chosen. */
export function credentialOptions(choices: readonly ListedCredential[]): PlainTextOption[] {
  return choices.map(({ name, technicalAccountId }) => ({
    text: plainText(namePlain(name, MAX_LABEL)),
    value: technicalAccountId,
  }));
}

/** The field in which one of several credentials is chosen. */
export function credentialField(choices: readonly ListedCredential[]): Row {
  const options = credentialOptions(choices);
  return input({
    block_id: HOLD_FIELDS.credential.block,
    label: plainText('Credential'),
    element: { type: 'static_select', action_id: HOLD_FIELDS.credential.action, options },
  });
}

/** The field for a few words to others: a reason or a note. */
export function reasonField(label: string, placeholder: string): Row {
  return input({
    block_id: HOLD_FIELDS.reason.block,
    label: plainText(label),
    element: {
      type: 'plain_text_input',
      action_id: HOLD_FIELDS.reason.action,
      max_length: MAX_REASON,
      focus_on_load: true,
      placeholder: plainText(placeholder),
    },
  });
}
