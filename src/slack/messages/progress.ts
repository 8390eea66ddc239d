import { touchesProduction } from '../../credentials/credential.ts';
import type { Migration, Reason } from '../../migrations/migration.ts';
import type { ProgressState } from '../../migrations/progress.ts';
import { count, dateTime, mention, nameCode } from '../escaping.ts';
import { ACTIONS } from '../ids.ts';
import { attentionButtons, resolvedBy } from './attention.ts';
import { button, type Message, message } from './blocks.ts';
import { problemWords, whereWords } from './words.ts';

const BAR = 10;

/** The one ordinary message about a confirmed migration, from its confirmation to its end. */
export function progressMessage(migration: Migration, progress: ProgressState): Message {
  const production = touchesProduction(migration.shown) ? ' (production)' : '';
  const name = `${nameCode(migration.shown.name)}${production}`;
  const footer = `${whereWords(migration.shown)} · ${attribution(migration)}`;
  switch (progress.kind) {
    case 'waiting':
      return message(
        [
          `⏳ *${name} waits in line*: ${count(progress.place, 'migration')} ahead. Adobe takes one at a time here; nothing has to be done.`,
        ],
        { footer },
      );
    case 'starting':
      return message([`⏳ *Migrating ${name}*: starting.`], { footer });
    case 'running': {
      const { elapsedSeconds, expectedSeconds } = progress;
      const late = elapsedSeconds > expectedSeconds ? ' Longer than usual, still watching.' : '';
      return message(
        [
          `🔄 *Migrating ${name}* ${bar(elapsedSeconds / expectedSeconds)} ${elapsedSeconds} s of about ${expectedSeconds} s.${late}`,
        ],
        { footer },
      );
    }
    case 'ended':
      return ended(migration, name, footer);
  }
}

function ended(migration: Migration, name: string, footer: string): Message {
  const when = migration.endedAt === null ? '' : ` ${dateTime(migration.endedAt)}`;
  switch (migration.state) {
    case 'migrated': {
      const outside =
        migration.reason?.code === 'elsewhere'
          ? ' It was started outside qs-creds; nothing was sent from here.'
          : '';
      const took = duration(migration);
      return message(
        [
          `✅ *Migrated*: ${name}${when}${took}.${outside} Its jobs run on unchanged; nothing has to be reconfigured.`,
        ],
        { footer, buttons: [button('Migrate next', ACTIONS.migrateNext)] },
      );
    }
    case 'failed':
      return message([`❌ *Not migrated*: ${name}${when}. ${reasonWords(migration.reason)}`], { footer });
    case 'resolved':
      return message(
        [
          `☑️ *Resolved*: ${name}${when}${resolvedBy(migration)}, who dealt with it in Adobe. Nothing was sent again; \`/qs-creds status\` and its name shows what Adobe says.`,
        ],
        { footer },
      );
    default:
      return message([`⚠️ *Needs attention*: ${name}${when}. ${reasonWords(migration.reason)}`], {
        footer,
        buttons: attentionButtons(migration),
      });
  }
}

/** Why it ended so, and what to do: for progress, status and history. */
export function reasonWords(reason: Reason | null): string {
  switch (reason?.code) {
    case 'refused': {
      const { what, fix } = problemWords(reason.problem);
      return `${what}. Nothing was started. ${fix}`;
    }
    case 'unsent': {
      const { what, fix } = problemWords(reason.problem);
      return `${what}. Nothing was sent. ${fix}`;
    }
    case 'unchecked': {
      const { what, fix } = problemWords(reason.problem);
      return `Its state could not be checked right before the start, so nothing was sent. ${what}. ${fix}`;
    }
    case 'not_eligible':
      return "Adobe says that it cannot be migrated. Nothing was sent. Look at it in Adobe's Credentials tab.";
    case 'outdated':
      return 'The yes was given more than four hours before its turn came. Nothing was sent. Ask again.';
    case 'put_back':
      return 'Adobe started, then put it back to not started and gave no reason. The JWT credential is as it was. Ask again; if it fails again, open a ticket with Adobe.';
    case 'unclear': {
      const problem = reason.problem === null ? '' : ` ${problemWords(reason.problem).what}.`;
      const status =
        reason.lastStatus === null
          ? 'Its state could not be read'
          : `Adobe's state does not tell (${reason.lastStatus.replace('_', ' ')})`;
      return `Look at it in Adobe's Credentials tab before anything else: ${status}, and the start was sent once and is not sent again.${problem} *Check again* reads its state now; *Mark as resolved* is for when it is dealt with there. Once Adobe says that it is migrated, its message says so.`;
    }
    case 'elsewhere':
      return 'It was migrated outside qs-creds.';
    default:
      return '';
  }
}

function attribution({ askedBy, decidedBy, decidedAt }: Migration): string {
  const at = decidedAt === null ? '' : ` ${dateTime(decidedAt)}`;
  if (decidedBy === null) return `asked by ${mention(askedBy)}`;
  if (askedBy === decidedBy) return `confirmed by ${mention(decidedBy)}${at}`;
  return `asked by ${mention(askedBy)}, confirmed by ${mention(decidedBy)}${at}`;
}

function duration({ startedAt, endedAt }: Migration): string {
  if (startedAt === null || endedAt === null) return '';
  return `, after ${Math.round((endedAt.getTime() - startedAt.getTime()) / 1000)} s`;
}

function bar(share: number): string {
  const full = Math.min(BAR, Math.floor(share * BAR));
  return '▰'.repeat(full) + '▱'.repeat(BAR - full);
}
