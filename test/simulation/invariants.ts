import type { HistoryEntry } from '../../src/audit/audit-entry.ts';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import type { MigrationsTable } from '../../src/db/tables.ts';
import type { MigrationState } from '../../src/migrations/migration.ts';
import type { Start } from './adobe.ts';
import type { World } from './world.ts';

/** Milliseconds. */
const QUESTION_LIFETIME = 10 * 60_000;
const BOT = 'qs-creds';

/** Where each state may come from: told here once more, for the product's own table is what is tried. */
const FROM: Readonly<Record<MigrationState, readonly (MigrationState | null)[]>> = {
  asked: [null],
  confirmed: ['asked'],
  cancelled: ['asked'],
  expired: ['asked'],
  void: ['asked'],
  submitted: ['confirmed'],
  running: ['confirmed', 'submitted'],
  migrated: ['confirmed', 'submitted', 'running', 'needs_attention'],
  failed: ['confirmed', 'submitted', 'running'],
  needs_attention: ['submitted', 'running'],
  resolved: ['needs_attention'],
};

/** One migration with everything the audit trail says of it, oldest first. */
interface Story {
  readonly row: MigrationsTable;
  readonly audited: readonly HistoryEntry[];
  /** Only its arrows. */
  readonly arrows: readonly HistoryEntry[];
}

/** What is wrong with what became of the migrations, once everything came to rest; empty when nothing is. */
export async function migrationViolations(world: World): Promise<string[]> {
  const wrong: string[] = [];
  const { rows } = await new SqlAuditTrail(world.db).history(null, 0, 1_000_000);
  const trail = rows.toReversed();
  const stories = (await world.db.selectFrom('migrations').selectAll().execute()).map((row): Story => {
    const audited = trail.filter(({ migrationId }) => migrationId === row.id);
    return { row, audited, arrows: audited.filter(({ action }) => action in FROM) };
  });
  const starts = startsOf(world, stories, wrong);
  for (const story of stories) {
    const say = (what: string) => void wrong.push(`${story.row.id} (${story.row.state}): ${what}`);
    checkPath(story, say);
    checkPeople(world, story, say);
    checkEnd(world, story, starts.get(story.row.id) ?? null, say);
    world.count(`end: ${[story.row.state, reasonOf(story)].filter((part) => part !== null).join(' ')}`);
  }
  const refused = trail.filter(({ action }) => action === 'refused').length;
  if (refused < world.ledger.refusals) {
    wrong.push(`${world.ledger.refusals} were refused, and ${refused} refusals were written down`);
  }
  return wrong;
}

/** Each start that reached Adobe, by its migration: the one whose intent was written down last before it was sent. */
function startsOf(world: World, stories: readonly Story[], wrong: string[]): Map<string, Start> {
  const starts = new Map<string, Start>();
  const intents = stories.flatMap(({ row, arrows }) =>
    arrows.filter(({ action }) => action === 'submitted').map(({ at }) => ({ row, at: at.getTime() })),
  );
  for (const start of world.adobe.starts) {
    const { technicalAccountId, sentAt, after } = start;
    const intent = intents
      .filter(({ row, at }) => row.technical_account_id === technicalAccountId && at <= sentAt)
      .sort((a, b) => b.at - a.at)[0];
    if (intent === undefined)
      wrong.push(`${technicalAccountId}: a start was sent before its intent was written`);
    else if (starts.has(intent.row.id)) wrong.push(`${intent.row.id}: two starts reached Adobe`);
    else starts.set(intent.row.id, start);
    if (typeof after !== 'number') continue;
    // Whoever marks one as resolved vouches for it; otherwise what we began is never begun again.
    const isResolved = stories.some(
      ({ row }) => row.technical_account_id === technicalAccountId && row.state === 'resolved',
    );
    if (!isResolved) wrong.push(`${technicalAccountId}: was started again after our own start ${after}`);
  }
  return starts;
}

function checkPath({ row, audited, arrows }: Story, say: (what: string) => void): void {
  let state: MigrationState | null = null;
  let at = 0;
  for (const arrow of arrows) {
    const to = arrow.action as MigrationState;
    if (!FROM[to].includes(state)) say(`went from ${state} to ${to}`);
    if (arrow.at.getTime() < at) say(`${to} was written down before ${state}, which came first`);
    state = to;
    at = arrow.at.getTime();
  }
  if (state !== row.state) say(`the audit trail ends with ${state}`);
  const answers = audited.filter(({ action }) => action === 'start_answered');
  if (answers.length > 1) say('Adobe answered its start twice');
  for (const answer of answers) {
    const intent = arrows.find(({ action }) => action === 'submitted');
    if (intent === undefined || intent.at > answer.at) say('Adobe answered before it was asked');
  }
}

function checkPeople({ ledger, slack }: World, { row, audited }: Story, say: (what: string) => void): void {
  const pressed = (what: string, by: string, at: number) =>
    ledger.presses.filter(
      (press) => press.what === what && press.id === row.id && press.by === by && press.at <= at,
    );
  for (const { action, actor, at: when } of audited) {
    const at = when.getTime();
    switch (action) {
      case 'asked':
        if (actor !== row.asked_by) say(`was asked by ${actor}, not by ${row.asked_by}`);
        break;
      case 'confirmed': {
        if (actor !== row.decided_by) say(`was confirmed by ${actor}, not by ${row.decided_by}`);
        const word = ledger.requests.find(({ id }) => id === row.id)?.word ?? null;
        const yes = pressed('confirm', actor, at).filter(({ typed }) => word === null || typed === word);
        if (yes.length === 0) say(`${actor} never confirmed it so`);
        if (!yes.some((press) => slack.mightMigrate(actor, press.at, at))) say(`${actor} was not allowed to`);
        if (at - Date.parse(row.asked_at) >= QUESTION_LIFETIME) say('was confirmed too late');
        break;
      }
      case 'cancelled':
        if (pressed('cancel', actor, at).length === 0) say(`${actor} never cancelled it`);
        break;
      case 'resolved':
        if (pressed('resolve', actor, at).length === 0) say(`${actor} never marked it as resolved`);
        break;
      case 'checked_again':
        if (pressed('check again', actor, at).length === 0) say(`${actor} never had it checked again`);
        break;
      case 'refused':
        if (!ledger.presses.some((press) => press.id === row.id && press.by === actor))
          say(`${actor} was refused without asking`);
        break;
      default:
        if (actor !== BOT) say(`${action} by ${actor}`);
    }
  }
}

/** Whether it ended, was told, and ended as Adobe has it. */
function checkEnd(world: World, story: Story, start: Start | null, say: (what: string) => void): void {
  const { row, arrows, audited } = story;
  if (['asked', 'confirmed', 'submitted', 'running'].includes(row.state)) {
    say('has no end');
    return;
  }
  const isConfirmed = arrows.some(({ action }) => action === 'confirmed');
  if (start !== null && !isConfirmed) say('was started without a confirmation');
  if (!isConfirmed) return;
  const message: { ts: string } | null = row.message === null ? null : JSON.parse(row.message);
  const shown = message === null ? undefined : world.slack.progress.get(message.ts);
  if (row.notified_at === null) say('nobody was told');
  if (shown?.progress.kind !== 'ended' || shown.migration.state !== row.state) {
    say(`its message says ${shown?.progress.kind} ${shown?.migration.state}`);
  }
  for (const told of world.slack.ends.filter(({ id }) => id === row.id)) {
    const end = arrows.find(({ action }) => action === told.state);
    if (end === undefined || end.at.getTime() > told.at) say(`${told.state} was told and not written down`);
  }
  const credential = world.adobe.credential(row.technical_account_id);
  const endedAt = arrows.at(-1)?.at.getTime() ?? 0;
  const reason = reasonOf(story);
  const answer = audited.find(({ action }) => action === 'start_answered')?.detail?.why;
  if (answer === 'accepted' && start === null) say('Adobe is said to have taken a start it never got');
  if (row.state === 'migrated' && !(credential.completedAt !== null && credential.completedAt <= endedAt)) {
    say('Adobe had not migrated it');
  }
  if (row.state === 'failed') {
    const isPutBack = credential.putBackAt.some((at) => at <= endedAt);
    if (reason === 'put_back' && !isPutBack) say('Adobe never put it back');
    if (reason !== 'put_back' && start !== null) say(`failed (${reason}) though its start reached Adobe`);
  }
  if (row.state === 'needs_attention' && credential.status === 'completed' && !credential.isGone) {
    say('Adobe has migrated it by now');
  }
}

function reasonOf({ row }: Story): string | null {
  const reason: { code: string } | null = row.reason === null ? null : JSON.parse(row.reason);
  return reason?.code ?? null;
}
