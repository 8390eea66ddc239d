import type { PlainTextOption } from '@slack/types';
import type { ListedCredential } from '../../credentials/credential.ts';
import { namePlain } from '../escaping.ts';
import { MAX_LABEL, plainText, type Row, toBlocks } from './blocks.ts';

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
