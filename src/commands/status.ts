import { endsHere } from '../migrations/steps.ts';
import { deadlineOf } from '../reminders/windows.ts';
import { credentialMessage, statusMessage } from '../slack/messages/status.ts';
import { findCredential } from './find-credential.ts';
import type { Subcommand } from './subcommand.ts';

export const status: Subcommand = {
  name: 'status',
  usage: 'status [name]',
  summary: 'what is running now, or the status of one credential',
  isRead: true,
  async run(invocation, services) {
    const { args, person, reply } = invocation;
    const { catalogue, migrations, watches, holds, reminders, clock, settings } = services;
    const now = clock.now();
    if (args === '') {
      const [overview, queue] = await Promise.all([catalogue.overview(), migrations.queue()]);
      return reply(statusMessage(overview, queue, deadlineOf(settings.reminders, now), now));
    }
    const credential = await findCredential(invocation, services);
    if (credential === null) return;
    const latest = await migrations.latestConfirmed(credential.technicalAccountId);
    const watch = latest === null ? null : await watches.get(latest.id);
    await reply(
      credentialMessage(
        credential,
        latest,
        {
          mayMigrate: person.mayMigrate,
          endsHere: endsHere(settings.migration.method),
          mayHold: await holds.mayHold(person, credential),
          mayEndHold: await holds.mayEnd(person, credential),
        },
        now,
        watch,
        await reminders.ownersOf([credential]),
      ),
    );
  },
};
