import type { App } from '@slack/bolt';
import type { Services } from '../services.ts';
import type { Desk } from '../slack/error-boundary.ts';
import { COMMAND } from '../slack/ids.ts';
import { respond } from '../slack/respond.ts';
import { helpFor } from './help.ts';
import { subcommands } from './index.ts';

/** Registers `/qs-creds`. Acknowledged before anything else: neither Slack's API nor Adobe can make it late. */
export function registerCommands(
  app: App,
  services: Services,
  desk: Desk,
  count: (subcommand: string) => void,
): void {
  app.command(COMMAND, async ({ ack, command }) => {
    await ack();
    const reply = (message: Parameters<typeof respond>[1]) => respond(command.response_url, message);
    await desk.serve('command', reply, async () => {
      const { name, args } = parse(command.text ?? '');
      const wanted = subcommands.find((each) => each.name === name);
      count(wanted?.name ?? (name === '' ? 'help' : 'unknown'));
      const caller = { userId: command.user_id, teamId: command.team_id };
      const { access, settings } = services;
      const action = wanted?.name ?? 'help';
      const person = await (wanted?.migratorsOnly
        ? access.admitMigrator(caller, { action })
        : access.admit(caller, { action }));
      if (wanted === undefined)
        return reply(helpFor(person, subcommands, settings.access.migrators, name === '' ? null : name));
      const { channel_id: channel, response_url: responseUrl } = command;
      await wanted.run({ caller, person, channel, args, subcommands, responseUrl, reply }, services);
    });
  });
}

/** The first word is the subcommand; what follows keeps its case. Quotation marks around a name are the typist's. */
export function parse(text: string): { name: string; args: string } {
  const typed = unescapeMarkup(text).trim();
  const name = typed.split(/\s/, 1)[0] ?? '';
  const rest = typed.slice(name.length).trim();
  const args = /^(["'`“‘]).*(["'`”’])$/s.test(rest) && rest.length > 1 ? rest.slice(1, -1).trim() : rest;
  return { name: name.toLowerCase(), args };
}

/** Slack sends `&`, `<` and `>` escaped. */
function unescapeMarkup(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
