import type { App } from '@slack/bolt';
import type { Services } from '../services.ts';
import { AckReplies } from '../slack/ack-replies.ts';
import type { ErrorBoundary } from '../slack/error-boundary.ts';
import { COMMAND } from '../slack/ids.ts';
import type { Message } from '../slack/messages/blocks.ts';
import type { SlackMessenger } from '../slack/messenger.ts';
import { callerOf } from '../slack/request.ts';
import { helpFor } from './help.ts';
import { subcommands } from './index.ts';
import { readTyped } from './typed-text.ts';

/**
 * Registers `/qs-creds`. A subcommand that changes something is acknowledged before anything else; one that only reads
 * is acknowledged within half a second, with the reply if it is ready by then. So neither Slack's API nor Adobe can
 * delay an acknowledgement.
 */
export function registerCommands(
  app: App,
  services: Services,
  boundary: ErrorBoundary,
  slack: Pick<SlackMessenger, 'respond'>,
  count: (subcommand: string) => void,
): void {
  app.command(COMMAND, async ({ ack, command }) => {
    const { channel_id: channel, response_url: responseUrl } = command;
    const { text, mentions } = readTyped(command.text ?? '');
    const { name, args } = parse(text);
    const subcommand = subcommands.find((each) => each.name === name);
    const respond = (message: Message) => slack.respond(responseUrl, message);
    const replies = new AckReplies(ack, respond);
    const isReadOnly = subcommand === undefined || subcommand.isReadOnly === true;
    if (!isReadOnly) await replies.acknowledge();
    await boundary('command', replies.reply, async () => {
      const { access, settings } = services;
      count(subcommand?.name ?? (name === '' ? 'help' : 'unknown'));
      const caller = callerOf(command);
      const wanted = { action: subcommand?.name ?? 'help' };
      const invocation = { channel, args, mentions, responseUrl, reply: replies.reply };
      if (subcommand?.migratorsOnly) {
        const person = await access.admitMigrator(caller, wanted);
        return subcommand.run({ ...invocation, person }, services);
      }
      const person = await (isReadOnly ? access.admitReader(caller, wanted) : access.admit(caller, wanted));
      if (subcommand !== undefined) return subcommand.run({ ...invocation, person }, services);
      await replies.reply(helpFor(person, subcommands, settings.access.migrators, name === '' ? null : name));
    });
    if (isReadOnly) await replies.acknowledge();
  });
}

/** The first word is the subcommand; the rest keeps its case. Quotation marks around a name are removed. */
export function parse(text: string): { name: string; args: string } {
  const typed = text.trim();
  const name = typed.split(/\s/, 1)[0] ?? '';
  const rest = typed.slice(name.length).trim();
  const args = /^(["'`“‘]).*(["'`”’])$/s.test(rest) && rest.length > 1 ? rest.slice(1, -1).trim() : rest;
  return { name: name.toLowerCase(), args };
}
