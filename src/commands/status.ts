import type { Member } from '../access/access.ts';
import type { ListedCredential } from '../credentials/credential.ts';
import { linkFor, type Reader } from '../migrations/message-link.ts';
import { hasTwoSteps } from '../migrations/steps.ts';
import { deadlineOf } from '../reminders/windows.ts';
import type { Services } from '../services.ts';
import type { Message } from '../slack/messages/blocks.ts';
import { credentialMessage, statusMessage } from '../slack/messages/status.ts';
import { findCredential } from './find-credential.ts';
import type { Subcommand } from './subcommand.ts';

export const status: Subcommand = {
  name: 'status',
  usage: 'status [name]',
  summary: 'what is running now, or the status of one credential',
  isReadOnly: true,
  async run(invocation, services) {
    const { args, reply } = invocation;
    const { catalogue, migrations, clock, settings } = services;
    if (args === '') {
      const now = clock.now();
      const [overview, queue] = await Promise.all([catalogue.overview(), migrations.queue()]);
      return reply(statusMessage(overview, queue, deadlineOf(settings.reminders, now), now, invocation));
    }
    const credential = await findCredential(invocation, services, { choosing: 'status' });
    if (credential !== null) await reply(await statusReply(services, invocation, credential));
  },
};

/** What is known about a credential, and what this reader may do with it. */
export async function statusReply(
  { migrations, watches, holds, reminders, clock, settings }: Services,
  reader: Reader & { readonly person: Member },
  credential: ListedCredential,
): Promise<Message> {
  const { person } = reader;
  const now = clock.now();
  const latest = await migrations.latestConfirmed(credential.technicalAccountId);
  const watch = latest === null ? null : await watches.get(latest.id);
  const rights = {
    mayMigrate: person.mayMigrate,
    endsHere: hasTwoSteps(settings.migration.method),
    mayHold: await holds.mayHold(person, credential),
    mayEndHold: await holds.mayEnd(person, credential),
    link: linkFor(latest, reader),
  };
  return credentialMessage(credential, latest, rights, now, watch, await reminders.ownersOf([credential]));
}
