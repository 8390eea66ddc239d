import type { Services } from '../services.ts';
import { nothingLeftMessage, oneAtATimeMessage } from '../slack/messages/ask-replies.ts';
import { dryRunNeedsNameMessage } from '../slack/messages/dry-run.ts';
import { stillReadingMessage } from '../slack/messages/first-reading.ts';
import { pickerMessage } from '../slack/messages/picker.ts';
import { askReply } from './ask-reply.ts';
import { findCredential } from './find-credential.ts';
import type { Subcommand } from './subcommand.ts';

export const migrate: Subcommand = {
  name: 'migrate',
  usage: 'migrate [name or technical account id] [dry-run]',
  summary: 'migrate one credential, after a confirmation',
  migratorsOnly: true,
  async run(invocation, services) {
    const { person, channel, responseUrl, reply } = invocation;
    const { args, isDryRun } = parseDryRun(invocation.args);
    if (isDryRun && args === '') return reply(dryRunNeedsNameMessage());
    if (args === '') {
      const { counts, sync } = await services.catalogue.overview();
      if (counts.eligible > 0) return reply(pickerMessage(counts.eligible));
      return reply(stillReadingMessage(sync, services.clock.now()) ?? nothingLeftMessage());
    }
    if (/^(all|everything)$/i.test(args) && !(await isNamed(args, services))) return reply(oneAtATimeMessage());
    // The buttons beside several matches would ask for a real migration.
    const choosing = isDryRun ? null : 'migrate';
    const credential = await findCredential({ args, reply }, services, { choosing, isExact: true });
    if (credential === null) return;
    const origin = { channel, responseUrl };
    const message = await askReply(services, person, credential.technicalAccountId, origin, { isDryRun });
    if (message !== null) await reply(message);
  },
};

/** Whether a credential has exactly this name. */
async function isNamed(name: string, { catalogue }: Services): Promise<boolean> {
  const found = await catalogue.find(name);
  return found.kind === 'one' && found.isExact;
}

/** `… dry-run` at the end asks for a dry run; if a name ends like this, that is the safe interpretation. */
function parseDryRun(typed: string): { args: string; isDryRun: boolean } {
  const args = typed.replace(/(^|\s)-{0,2}dry[- ]?run$/i, '').trim();
  return { args, isDryRun: args !== typed };
}
