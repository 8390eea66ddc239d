import { setTimeout as delay } from 'node:timers/promises';
import type { App } from '@slack/bolt';
import { wordsOf } from '../credentials/catalogue.ts';
import { ACTIONS } from '../slack/ids.ts';
import { nothingLeftMessage } from '../slack/messages/ask-replies.ts';
import { pickerOption } from '../slack/messages/picker.ts';
import { alikeAmong } from '../slack/messages/search-results.ts';
import { callerOf } from '../slack/request.ts';
import type { Action, ListenerParts } from './press.ts';
import { askWherePressed, replyWherePressed } from './question-modal.ts';

/** Buttons and menus that lead to a question. None of them starts anything. */

export const migrate: Action = {
  id: ACTIONS.migrate,
  wants: 'migrate',
  about: 'credential',
  migratorsOnly: true,
  run: (press, services, views) => askWherePressed(press, services, views, press.value),
};

export const pick: Action = { ...migrate, id: ACTIONS.pick };

export const migrateNext: Action = {
  id: ACTIONS.migrateNext,
  wants: 'migrate',
  migratorsOnly: true,
  async run(press, services, views) {
    // Prefers the credential that the button names, as long as it can be migrated.
    const named = press.value === '' ? null : await services.catalogue.get(press.value);
    const isNext = named?.status === 'eligible' && named.hold === null;
    const next = isNext ? named : await services.catalogue.nextEligible();
    if (next === null) return replyWherePressed(press, views, nothingLeftMessage());
    await askWherePressed(press, services, views, next.technicalAccountId);
  },
};

/** Maximum number of options offered; Slack shows at most 100. */
const MAX_OPTIONS = 50;
/** How long finding the options may take; Slack waits for 3 s. Milliseconds. */
const OPTIONS_TIMEOUT_MS = 2_000;

/**
 * Registers the options of the menu of credentials. The acknowledgement carries them, so access is checked before it.
 * If Slack is slow to identify the person, the menu stays empty; typing more asks again.
 */
export function registerPickerOptions(app: App, { services, boundary }: ListenerParts): void {
  app.options(ACTIONS.pick, async ({ ack, body, payload }) => {
    let options: ReturnType<typeof pickerOption>[] = [];
    const noReply = async () => {};
    const found = boundary('options', noReply, async () => {
      await services.access.admitMigrator(callerOf(body), { action: 'pick' });
      const words = wordsOf(payload.value);
      const { rows } = await services.catalogue.page({ statuses: ['eligible'], words }, 0, MAX_OPTIONS);
      const alike = alikeAmong(rows);
      options = rows.map((each) => pickerOption(each, services.clock.now(), { isAlike: alike.has(each) }));
    });
    await Promise.race([found, delay(OPTIONS_TIMEOUT_MS)]);
    await ack({ options });
  });
}
