import type { PageState, PageUser } from './contract.ts';
import type { LocalSlack } from './local-slack.ts';
import type { Person } from './users.ts';

/** The workspace as one person sees it on the page. @throws {Error} for a person who is not there */
export function pageState(slack: LocalSlack, userId: string): PageState {
  const state = slack.state;
  const people = [...state.people.values()];
  const me = people.find((person) => person.id === userId);
  if (me === undefined) throw new Error(`there is nobody called ${userId}`);
  const joined = [...state.conversations.values()].filter((c) => c.members.includes(userId));
  return {
    version: state.version,
    now: state.now().toISOString(),
    workspace: slack.workspace,
    appName: slack.appName,
    command: slack.commandName,
    completions: slack.completions,
    me: pageUser(me),
    // Who has left cannot be played.
    users: people.filter((person) => person.deleted !== true).map(pageUser),
    conversations: joined.map((c) => {
      const unread = slack.unreadBy(userId, c.id);
      return {
        id: c.id,
        name: c.kind === 'direct' ? slack.appName : `#${c.name}`,
        kind: c.kind,
        messages: slack.messagesSeenBy(userId, c.id),
        unread: unread.length,
        firstUnread: unread[0]?.ts ?? null,
      };
    }),
    home: slack.homeOf(userId),
    modal: slack.modalOf(userId),
    refused: state.refused,
    hints: slack.hints,
  };
}

function pageUser(person: Person): PageUser {
  return { id: person.id, name: person.realName, role: person.role };
}
