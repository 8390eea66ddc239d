import type { Button } from '@slack/types';
import type { FinishResult, NotNowResult } from '../../migrations/hand-off.ts';
import { ACTIVE_STATES, CONFIRMATION_TTL_MS, type Migration } from '../../migrations/migration.ts';
import { waitsForPerson } from '../../migrations/verdicts.ts';
import type { NoticeContent } from '../../notices/ports.ts';
import { code, mention, nameCode, namePlain } from '../escaping.ts';
import { ACTIONS, LINKS } from '../ids.ts';
import { explain, problemWords } from './adobe-problems.ts';
import { button, buttons, dialog, line, type Message, note, textMessage, toMessage } from './blocks.ts';
import { capitalized, dateTime, duration } from './formatting.ts';
import { heldWords, UNKNOWN_MIGRATION, whereWords } from './terms.ts';

/** What a question says about a hand-off, where a person presses Migrate. */
export const HAND_OFF_EFFECT = 'Once confirmed, a message says what to press in Adobe, which then migrates it.';

/** What to press in Adobe, for the migration's message. `name`: as the message shows it. */
export function handedOverWords({ shown }: Migration, name: string): string {
  return `👉 *Press Migrate in Adobe*: ${name}. ${capitalized(pressSteps(shown.sandboxes[0]))} qs-creds watches, and shows the outcome here. ${OTHERS_WAIT}`;
}

const OTHERS_WAIT = 'The others in the queue wait for it; *Not now* lets them go on.';

/** What to press for a migration for which nobody has pressed Migrate yet. */
export function waitingWords({ shown }: Migration, name: string): string {
  return `${name} waits for a person in Adobe. To migrate it, ${pressSteps(shown.sandboxes[0])}`;
}

/** The steps that lead to Migrate; Adobe publishes no address of that page. */
function pressSteps(sandbox: string | undefined): string {
  const where = sandbox === undefined ? 'choose its sandbox' : `choose the sandbox ${code(sandbox)}`;
  return `${where}, open *Queries* › *Credentials*, select this name, and press *Migrate* once.`;
}

/** `url`: where to press Migrate. */
export function handOffButtons(migration: Migration, url: string): Button[] {
  return [openAdobeButton(url, 'primary'), notNowButton(migration)];
}

export function openAdobeButton(url: string, style?: 'primary'): Button {
  return { ...button('Open in Adobe', LINKS.openAdobe, style && { style }), url };
}

/** For a migration that waits for a person in Adobe. */
export function notNowButton({ id, shown }: Migration): Button {
  return button('Not now', ACTIONS.notNow, {
    value: id,
    confirm: dialog(
      'Leave it for now?',
      `Leave ${namePlain(shown.name)} only if nobody has pressed Migrate in Adobe. Nothing is migrated, the queue goes on, and you can ask again.`,
      'Leave it',
      // Not the default "Not now": that is the name of the button that leaves it.
      'Keep waiting',
    ),
  });
}

/** For a migration whose start Adobe refused. */
export function finishInAdobeButton({ id }: Migration): Button {
  return button('Finish in Adobe', ACTIONS.finishInAdobe, { value: id, style: 'primary' });
}

/** Explains the button above. */
export const FINISH_HINT = `*Finish in Adobe* uses the same confirmation, which is valid for ${duration(CONFIRMATION_TTL_MS)}; this message then says what to press there.`;

/** To the person who confirmed: when its turn comes after others, and again while Adobe still says "not started". */
export function pressMessage({ why, migration, url }: Extract<NoticeContent, { kind: 'press' }>): Message {
  const { shown, startedAt, decidedBy, askedBy } = migration;
  const since = startedAt === null ? '' : ` since ${dateTime(startedAt)}`;
  const name = nameCode(shown.name);
  const what =
    why === 'turn' ? `👉 *Your turn in Adobe*: ${name}` : `⏰ *Still waiting for you in Adobe*: ${name}${since}`;
  return toMessage([
    line(`${what}. ${mention(decidedBy ?? askedBy)}, ${pressSteps(shown.sandboxes[0])} ${OTHERS_WAIT}`),
    note(whereWords(shown)),
    buttons(...handOffButtons(migration, url)),
  ]);
}

/** To the person who pressed Not now. */
export function notNowMessage(result: NotNowResult): Message {
  switch (result.kind) {
    case 'handed_back':
      return textMessage(
        `${nameCode(result.migration.shown.name)} is left for now. Nothing was migrated, and the queue goes on. Run \`/qs-creds migrate\` to ask again.`,
      );
    case 'begun':
      return textMessage(
        `⏳ According to Adobe, someone has already pressed Migrate for ${nameCode(result.migration.shown.name)}. Its message will show the outcome. Your click changed nothing.`,
      );
    case 'unread':
      return textMessage(
        `⚠️ Adobe does not say whether someone has pressed Migrate for ${nameCode(result.migration.shown.name)}. Your click changed nothing. ${explain(problemWords(result.problem))}`,
      );
    default:
      return unchangedMessage(result);
  }
}

/** To the person who pressed Finish in Adobe. */
export function finishInAdobeMessage(result: FinishResult): Message {
  switch (result.kind) {
    case 'continued':
      return textMessage(
        `👉 ${nameCode(result.migration.shown.name)} goes on in Adobe, with the same confirmation. Its message will say what to press when its turn comes.`,
      );
    case 'outdated':
      return textMessage(
        `The confirmation of ${nameCode(result.migration.shown.name)} has expired: it is valid for ${duration(CONFIRMATION_TTL_MS)}. Nothing was started. Run \`/qs-creds migrate\` to ask again.`,
      );
    case 'held':
      return textMessage(`${heldWords(nameCode(result.migration.shown.name), result.hold)} Nothing was started.`);
    case 'changed':
      return textMessage(
        `${nameCode(result.migration.shown.name)} has changed since it was confirmed, or can no longer be migrated. Nothing was started. Run \`/qs-creds status NAME\` to see its status.`,
      );
    default:
      return unchangedMessage(result);
  }
}

function unchangedMessage(
  result: { readonly kind: 'no_such_migration' } | { readonly kind: string; readonly migration: Migration },
): Message {
  if (!('migration' in result)) return textMessage(UNKNOWN_MIGRATION);
  const what = stateWords(result.migration);
  return textMessage(`${what} Your click changed nothing. Run \`/qs-creds status NAME\` to see its status.`);
}

function stateWords(migration: Migration): string {
  const { state, shown, reason } = migration;
  const name = nameCode(shown.name);
  if (state === 'migrated') return `✅ ${name} is migrated.`;
  if (reason?.code === 'handed_back') return `${name} was left for now by ${mention(reason.by)}.`;
  if (waitsForPerson(migration)) return waitingWords(migration, name);
  if (ACTIVE_STATES.some((active) => active === state))
    return `${name} is already under way; its message shows its progress.`;
  return `The migration of ${name} has ended.`;
}
