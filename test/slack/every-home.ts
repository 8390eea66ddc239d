import type { HomeView } from '@slack/types';
import { deniedMessage } from '../../src/slack/messages/denials.ts';
import { deniedHome, HOME_SHOWN, homeView } from '../../src/slack/messages/home.ts';
import { MAX_TABLE_ROWS } from '../../src/slack/messages/new-blocks.ts';
import { HERE, MIGRATORS, rows, TOTAL } from './every-message.ts';
import { everyWatched } from './every-watch.ts';
import {
  confirmed,
  credentials,
  deadlineIn,
  history,
  NOW,
  type Outside,
  overview,
  POSTED,
  problems,
  trends,
} from './samples.ts';

/** Every Home of the app, by its builder. */
export function everyHome(outside: Outside): Record<string, readonly HomeView[]> {
  const page = { rows: rows(credentials(outside), HOME_SHOWN), total: TOTAL };
  const queue = rows([confirmed(outside, POSTED), confirmed(outside, { startedAt: NOW })], TOTAL);
  const none = { rows: [], total: 0 };
  const mine = {
    attention: page,
    failedAfter: {
      rows: rows(
        everyWatched(outside).filter(({ watch }) => watch.failures.length > 0),
        HOME_SHOWN,
      ),
      total: TOTAL,
    },
    unfinished: page,
    eligible: page,
    failing: page,
    left: { rows: rows(credentials(outside), MAX_TABLE_ROWS), total: TOTAL },
    mine: page,
    ...HERE,
    readerId: outside.user,
    mayAskHere: true,
  };
  const empty = {
    ...mine,
    attention: none,
    failedAfter: none,
    unfinished: none,
    eligible: none,
    failing: none,
    left: none,
    mine: none,
  };
  const common = {
    overview: overview(null),
    queue,
    trend: trends()[0] ?? null,
    recent: history(outside).slice(0, 3),
    pause: { by: outside.user, at: NOW, until: null },
    deadline: deadlineIn(0),
    ownerIds: new Map([[outside.text.toLowerCase(), outside.user]]),
    now: NOW,
    migrators: MIGRATORS,
  };
  return {
    homeView: [
      ...problems(outside).map((problem) => homeView({ ...common, ...empty, overview: overview(problem) })),
      homeView({ ...common, ...mine }),
      homeView({ ...common, ...mine, mayAskHere: false }),
      homeView({ ...common, ...mine, mine: none, mayMigrate: false }),
      homeView({ ...common, ...empty, queue: [] }),
    ],
    deniedHome: [deniedHome(deniedMessage('guest', MIGRATORS))],
  };
}
