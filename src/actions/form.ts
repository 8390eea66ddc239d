import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { Caller } from '../access/access.ts';
import { HOLD_FIELDS } from '../slack/ids.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { noReasonError } from '../slack/messages/hold.ts';
import { callerOf } from '../slack/request.ts';
import { repliesFromModal } from './buttons.ts';
import type { ListenerParts } from './press.ts';

/** Modals in which a person gives a reason about a credential, and in some of them a day. */

const ModalState = z.object({
  technicalAccountId: z.string().nullable(),
  requestId: z.string().optional(),
  responseUrl: z.string().nullable(),
});

const Values = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({
      value: z.string().nullish(),
      selected_date: z.string().nullish(),
      selected_option: z.object({ value: z.string() }).nullish(),
    }),
  ),
);

interface Form {
  readonly technicalAccountId: string;
  /** Empty if the form is not about a request. */
  readonly requestId: string;
  readonly reason: string;
  /** `YYYY-MM-DD`; empty where the form asks for none. */
  readonly lastDay: string;
}

interface Submission {
  /** Errors by field that keep the modal open, besides a missing reason; null: none. */
  readonly errorsOf?: (form: Form) => Record<string, string> | null;
  /** The reply, once the modal is closed. @throws {AccessDenied} */
  readonly run: (caller: Caller, form: Form) => Promise<Message>;
}

/** Registers a form's submission. A missing or invalid field keeps the modal open; otherwise it is closed first. */
export function registerForm(
  app: App,
  id: string,
  { boundary, slack, count }: ListenerParts,
  { errorsOf, run }: Submission,
): void {
  app.view(id, async ({ ack, body, view }) => {
    const form = readForm(view);
    if (form === null) return ack();
    const errors = form.reason === '' ? noReasonError() : (errorsOf?.(form) ?? null);
    if (errors !== null) return ack({ response_action: 'errors', errors });
    await ack();
    const caller = callerOf(body);
    const { reply } = repliesFromModal(form.responseUrl, caller.userId, slack);
    count(id);
    await boundary(id, reply, async () => reply(await run(caller, form)));
  });
}

/** What was submitted; null for a modal that is not ours. */
function readForm(view: { readonly private_metadata: string; readonly state: { readonly values: unknown } }) {
  try {
    const { technicalAccountId, requestId = '', responseUrl } = ModalState.parse(JSON.parse(view.private_metadata));
    const values = Values.parse(view.state.values);
    const field = ({ block, action }: (typeof HOLD_FIELDS)[keyof typeof HOLD_FIELDS]) => values[block]?.[action];
    return {
      technicalAccountId: technicalAccountId ?? field(HOLD_FIELDS.credential)?.selected_option?.value ?? '',
      requestId,
      responseUrl,
      reason: field(HOLD_FIELDS.reason)?.value?.trim() ?? '',
      lastDay: field(HOLD_FIELDS.lastDay)?.selected_date ?? '',
    };
  } catch {
    return null;
  }
}
