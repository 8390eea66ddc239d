import { type AskedFrom, askNextReply, askReply } from '../commands/ask-reply.ts';
import { ACTIONS } from '../slack/ids.ts';
import type { Action, Press } from './press.ts';

/** Buttons and menus that lead to a question. None of them starts anything. */

export const migrate: Action = { id: ACTIONS.migrate, run: askAboutValue };

export const pick: Action = { id: ACTIONS.pick, run: askAboutValue };

export const migrateNext: Action = {
  id: ACTIONS.migrateNext,
  async run(press, services) {
    const person = await services.access.admitMigrator(press.caller, { action: 'migrate' });
    const answer = await askNextReply(services, person, from(press));
    if (answer !== null) await press.reply(answer);
  },
};

async function askAboutValue(press: Press, services: Parameters<Action['run']>[1]): Promise<void> {
  const wanted = { action: 'migrate', technicalAccountId: press.value };
  const person = await services.access.admitMigrator(press.caller, wanted);
  const answer = await askReply(services, person, press.value, from(press));
  if (answer !== null) await press.reply(answer);
}

/** The Home belongs to no channel: there the question comes as a direct message. */
function from({ channel, responseUrl, caller }: Press): AskedFrom {
  return { channel: channel ?? caller.userId, responseUrl: responseUrl };
}
