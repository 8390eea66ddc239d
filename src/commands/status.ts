import { daysUntil } from '../domain/deadline.ts';
import { noneMessage, severalMessage } from '../slack/views/answers.ts';
import { credentialMessage, statusMessage } from '../slack/views/status.ts';
import type { Subcommand } from './subcommand.ts';

export const status: Subcommand = {
  name: 'status',
  usage: 'status [name]',
  summary: 'what runs now, or where one credential stands',
  async run({ args, person, reply }, { inventory, migrations, clock, settings }) {
    const now = clock.now();
    if (args === '') {
      const [overview, line] = await Promise.all([inventory.overview(), migrations.line()]);
      return reply(statusMessage(overview, line, daysUntil(settings.deadline, now, settings.timeZone), now));
    }
    const found = await inventory.find(args);
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
