import type { Caller } from '../access/access.ts';
import type { Services } from '../services.ts';
import { ACTIONS } from '../slack/ids.ts';
import { homeReply } from './home-reply.ts';
import type { Action, Views } from './press.ts';

export const homeRefresh: Action = {
  id: ACTIONS.homeRefresh,
  async run({ caller }, services, views) {
    await services.access.admit(caller, { action: 'refresh' });
    await services.sync.run();
    await showHome(caller, services, views);
  },
};

/** Publishes the Home as this person may see it. @throws {Refused} */
export async function showHome(caller: Caller, services: Services, views: Views): Promise<void> {
  const person = await services.access.admit(caller, { action: 'home' });
  await views.publishHome(caller.userId, await homeReply(services, person));
}
