import type { PageState, PageUser, ShownApp } from './contract.ts';
import { type SeenHome, type SeenMessage, type SeenModal, toSeenMessage } from './seen.ts';
import type { State } from './state.ts';
import type { Person } from './users.ts';

/** What the page shows of a workspace, as the local Slack offers it. */
export interface ShownWorkspace extends Pick<PageState, 'workspace' | 'appName' | 'hints'> {
  readonly commandName: string;
  readonly shownApp: ShownApp;
  readonly state: State;
  unreadBy(userId: string, channel: string): readonly SeenMessage[];
  homeOf(userId: string): SeenHome | null;
  modalOf(userId: string): SeenModal | null;
}

/** The workspace as one person sees it on the page. @throws {Error} for an unknown user id */
export function pageState(slack: ShownWorkspace, userId: string): PageState {
  const state = slack.state;
  const people = [...state.people.values()];
  const me = people.find((person) => person.id === userId);
  if (me === undefined) throw new Error(`there is no user ${userId}`);
  const joined = [...state.conversations.values()].filter((c) => c.members.includes(userId));
  return {
    version: state.version,
    lastTs: state.lastTs,
    now: state.now().toISOString(),
    workspace: slack.workspace,
    appName: slack.appName,
    command: slack.commandName,
    ...slack.shownApp,
    me: pageUser(me),
    // A visitor cannot play someone who has left the workspace.
    users: people.filter((person) => person.deleted !== true).map(pageUser),
    conversations: joined.map((c) => {
      const unread = slack.unreadBy(userId, c.id);
      return {
        id: c.id,
        name: c.kind === 'direct' ? slack.appName : `#${c.name}`,
        kind: c.kind,
        messages: state.messagesSeenBy(userId, c.id).map(toSeenMessage),
        unread: unread.length,
        firstUnread: unread[0]?.ts ?? null,
      };
    }),
    home: slack.homeOf(userId),
    modal: slack.modalOf(userId),
    rejected: state.rejected,
    hints: slack.hints,
  };
}

function pageUser(person: Person): PageUser {
  return { id: person.id, name: person.realName, role: person.role };
}
