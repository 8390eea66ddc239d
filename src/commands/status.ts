import { daysUntil } from '../reminders/windows.ts';
import { noneMessage, severalMessage } from '../slack/messages/answers.ts';
import { credentialMessage, statusMessage } from '../slack/messages/status.ts';
import type { Subcommand } from './subcommand.ts';

export const status: Subcommand = {
  name: 'status',
  usage: 'status [name]',
  summary: 'what runs now, or where one credential stands',
  async run({ args, person, reply }, { catalogue, migrations, clock, settings }) {
    const now = clock.now();
    if (args === '') {
      const [overview, queue] = await Promise.all([catalogue.overview(), migrations.queue()]);
      return reply(
        statusMessage(
          overview,
          queue,
          daysUntil(settings.reminders.deadline, now, settings.reminders.timeZone),
          now,
        ),
      );
    }
    const found = await catalogue.find(args);
    switch (found.kind) {
      case 'none':
        return reply(noneMessage(args, found.nearest));
      case 'several':
        return reply(severalMessage(args, found.credentials, found.total, person.mayMigrate));
      case 'one': {
        const latest = await migrations.latestConfirmed(found.credential.technicalAccountId);
        return reply(credentialMessage(found.credential, latest, person.mayMigrate, now));
      }
    }
  },
};
