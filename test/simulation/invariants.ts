import type { HistoryEntry } from '../../src/audit/audit-entry.ts';
import { SqlAuditTrail } from '../../src/audit/store.ts';
import type { MigrationsTable } from '../../src/db/tables.ts';
import type { MigrationState } from '../../src/migrations/migration.ts';
import { storedOrderFaults } from '../support/stored-order.ts';
import type { Start } from './adobe.ts';
import { holdViolations } from './hold-invariants.ts';
import type { World } from './world.ts';

/** Milliseconds. `LONG_QUESTION_LIFETIME` applies where a second person has to confirm. */
const QUESTION_LIFETIME = 10 * 60_000;
const LONG_QUESTION_LIFETIME = 60 * 60_000;
const CONFIRMATION_LIFETIME = 4 * 60 * 60_000;
const BOT = 'qs-creds';

/** The allowed transitions, stated independently of the product's own table, which is under test. */
const FROM: Readonly<Record<MigrationState, readonly (MigrationState | null)[]>> = {
  asked: [null],
  confirmed: ['asked'],
  cancelled: ['asked'],
  expired: ['asked'],
  void: ['asked'],
  submitted: ['confirmed'],
  running: ['confirmed', 'submitted'],
  migrated: ['confirmed', 'submitted', 'running', 'needs_attention'],
  bound: ['confirmed', 'submitted', 'needs_attention'],
  undone: ['confirmed', 'submitted', 'needs_attention'],
  failed: ['confirmed', 'submitted', 'running'],
  needs_attention: ['submitted', 'running'],
  resolved: ['needs_attention'],
  dry_run: ['asked'],
};

/** The action by which a failed migration is confirmed again, as a hand-off. */
const CONTINUED = 'continued';

/** One migration with its audit trail, oldest entry first. */
interface History {
  readonly row: MigrationsTable;
  readonly audited: readonly HistoryEntry[];
  /** The entries that are state transitions. */
  readonly transitions: readonly HistoryEntry[];
}

/** Violated invariants of migrations, once everything has ended; empty if all hold. */
export async function migrationViolations(world: World): Promise<string[]> {
  const violations: string[] = [];
  const { rows } = await new SqlAuditTrail(world.db).history(null, 0, 1_000_000);
  const trail = rows.toReversed();
  const histories = (await world.db.selectFrom('migrations').selectAll().execute()).map((row): History => {
    const audited = trail.filter(({ migrationId }) => migrationId === row.id);
    return { row, audited, transitions: audited.filter(({ action }) => action in FROM || action === CONTINUED) };
  });
  const starts = startsOf(world, histories, violations);
  for (const history of histories) {
    const report = (what: string) => void violations.push(`${history.row.id} (${history.row.state}): ${what}`);
    checkPath(history, report);
    checkPeople(world, history, report);
    checkEnd(world, history, starts.get(history.row.id) ?? null, report);
    world.count(`end: ${[history.row.state, reasonOf(history)].filter((part) => part !== null).join(' ')}`);
  }
  checkQuestions(histories, trail, violations);
  violations.push(
    ...holdViolations(
      world,
      histories.map(({ row }) => row),
      trail,
    ),
  );
  const denied = trail.filter(({ action }) => action === 'refused').length;
  if (denied < world.ledger.denials) {
    violations.push(`${world.ledger.denials} denials, but only ${denied} in the audit trail`);
  }
  violations.push(...(await storedOrderFaults(world.db)));
  return violations;
}

/** Each start that reached Adobe, by its migration: the one whose intent was recorded last before it was sent. */
function startsOf(world: World, histories: readonly History[], violations: string[]): Map<string, Start> {
  const starts = new Map<string, Start>();
  const intents = histories.flatMap(({ row, transitions }) =>
    transitions
      // By hand-off, nothing is sent.
      .filter(({ action, detail }) => action === 'submitted' && detail?.why !== 'handed_over')
      .map(({ at }) => ({ row, at: at.getTime() })),
  );
  for (const start of world.adobe.starts) {
    const { technicalAccountId, step, sentAt, movedBefore } = start;
    const intent = intents
      .filter(({ row, at }) => row.technical_account_id === technicalAccountId && row.step === step && at <= sentAt)
      .sort((a, b) => b.at - a.at)[0];
    if (intent === undefined) violations.push(`${technicalAccountId}: a start was sent before its intent was recorded`);
    else if (starts.has(intent.row.id)) violations.push(`${intent.row.id}: two starts reached Adobe`);
    else starts.set(intent.row.id, start);
    if (typeof movedBefore !== 'number') continue;
    // Once our start has moved a credential, only a person's `resolved` may allow another start.
    const isResolved = histories.some(
      ({ row }) => row.technical_account_id === technicalAccountId && row.state === 'resolved',
    );
    if (!isResolved) violations.push(`${technicalAccountId}: was started again after our own start ${movedBefore}`);
  }
  return starts;
}

/** Checks that no person ever has two open questions about one credential. */
function checkQuestions(histories: readonly History[], trail: readonly HistoryEntry[], violations: string[]): void {
  const open = new Map<string, string>();
  for (const { migrationId, action } of trail) {
    const row = histories.find((each) => each.row.id === migrationId)?.row;
    if (row === undefined || !(action in FROM)) continue;
    const key = `${row.asked_by} about ${row.technical_account_id}`;
    if (action !== 'asked') {
      if (open.get(key) === row.id) open.delete(key);
      continue;
    }
    if (open.has(key)) violations.push(`${row.id}: a second question of ${key} was open`);
    open.set(key, row.id);
  }
}

function checkPath({ row, audited, transitions }: History, report: (what: string) => void): void {
  let state: MigrationState | null = null;
  let at = 0;
  for (const arrow of transitions) {
    const isContinued = arrow.action === CONTINUED;
    const to = isContinued ? 'confirmed' : (arrow.action as MigrationState);
    if (isContinued ? state !== 'failed' : !FROM[to].includes(state)) report(`went from ${state} to ${to}`);
    if (arrow.at.getTime() < at) report(`${to} is recorded with an earlier time than ${state}, which precedes it`);
    state = to;
    at = arrow.at.getTime();
  }
  if (state !== row.state) report(`the audit trail ends with ${state}`);
  const responses = audited.filter(({ action }) => action === 'start_answered');
  if (responses.length > 1) report('two responses to its start are recorded');
  for (const response of responses) {
    const intent = transitions.find(({ action }) => action === 'submitted');
    if (intent === undefined || intent.at > response.at) report('a response is recorded before its start');
  }
}

function checkPeople(
  { ledger, slack, settings }: World,
  { row, audited }: History,
  report: (what: string) => void,
): void {
  const pressed = (what: string, by: string, at: number) =>
    ledger.presses.filter((press) => press.what === what && press.id === row.id && press.by === by && press.at <= at);
  for (const { action, actor, at: when } of audited) {
    const at = when.getTime();
    switch (action) {
      case 'asked':
        if (actor !== row.asked_by) report(`was asked by ${actor}, not by ${row.asked_by}`);
        break;
      case 'confirmed': {
        if (row.step === 'cancel') {
          const presses = ledger.presses.filter(
            ({ what, id, by, at: then }) =>
              what === 'undo' && id === row.technical_account_id && by === actor && then <= at,
          );
          if (row.asked_by !== actor || actor !== row.decided_by) report('was not asked and confirmed by one person');
          if (!presses.some((press) => slack.hadRightBetween(actor, press.at, at)))
            report(`${actor} never undid it, or was not allowed to`);
          break;
        }
        if (actor !== row.decided_by) report(`was confirmed by ${actor}, not by ${row.decided_by}`);
        const phrase = ledger.requests.find(({ id }) => id === row.id)?.phrase ?? null;
        const confirmations = pressed('confirm', actor, at).filter(({ typed }) => phrase === null || typed === phrase);
        if (confirmations.length === 0) report(`${actor} never confirmed it with the right phrase`);
        if (!confirmations.some((press) => slack.hadRightBetween(actor, press.at, at)))
          report(`${actor} was not allowed to`);
        const lifetime = settings.requireSecondPerson ? LONG_QUESTION_LIFETIME : QUESTION_LIFETIME;
        if (at - Date.parse(row.asked_at) >= lifetime) report('was confirmed too late');
        break;
      }
      case 'cancelled':
        if (pressed('cancel', actor, at).length === 0) report(`${actor} never cancelled it`);
        break;
      case 'resolved':
        if (pressed('resolve', actor, at).length === 0) report(`${actor} never marked it as resolved`);
        break;
      case 'checked_again':
        if (pressed('check again', actor, at).length === 0) report(`${actor} never had it checked again`);
        break;
      case 'continued':
        if (!pressed('finish in Adobe', actor, at).some((press) => slack.hadRightBetween(actor, press.at, at)))
          report(`${actor} never had it go on in Adobe, or was not allowed to`);
        if (at - Date.parse(row.decided_at ?? '') >= CONFIRMATION_LIFETIME) report('went on too late');
        if (row.method !== 'hand-off') report(`went on by ${row.method}`);
        break;
      case 'failed':
        // Checked in hold-invariants.ts.
        if (reasonOf({ row }) === 'held') break;
        if (actor !== BOT && [...pressed('not now', actor, at), ...pressed('withdraw', actor, at)].length === 0)
          report(`${actor} neither left nor withdrew it`);
        break;
      case 'refused':
        if (!ledger.presses.some((press) => press.id === row.id && press.by === actor))
          report(`${actor} was denied without a press`);
        break;
      default:
        if (actor !== BOT) report(`${action} by ${actor}`);
    }
  }
}

/** Checks that it ended, that people were notified, and that the end agrees with Adobe. */
function checkEnd(world: World, history: History, start: Start | null, report: (what: string) => void): void {
  const { row, transitions, audited } = history;
  if (['asked', 'confirmed', 'submitted', 'running'].includes(row.state)) {
    report('did not end');
    return;
  }
  const isConfirmed = transitions.some(({ action }) => action === 'confirmed');
  if (start !== null && !isConfirmed) report('was started without a confirmation');
  if (!isConfirmed) return;
  const message: { ts: string } | null = row.message === null ? null : JSON.parse(row.message);
  const shown = message === null ? undefined : world.slack.progress.get(message.ts);
  if (row.notified_at === null) report('its end is not marked as notified');
  if (shown?.progress.kind !== 'ended' || shown.migration.state !== row.state) {
    report(`its message says ${shown?.progress.kind} ${shown?.migration.state}`);
  }
  for (const shownEnd of world.slack.ends.filter(({ id }) => id === row.id)) {
    const end = transitions.find(({ action }) => action === shownEnd.state);
    if (end === undefined || end.at.getTime() > shownEnd.at) report(`${shownEnd.state} was shown but not recorded`);
  }
  for (const { userId, content } of world.slack.notices) {
    const isAboutIt = content.kind === 'press' && content.migration.id === row.id;
    if (isAboutIt && userId !== row.decided_by) report(`${userId}, who did not confirm, is told to press Migrate`);
  }
  const credential = world.adobe.credential(row.technical_account_id);
  const endedAt = transitions.at(-1)?.at.getTime() ?? 0;
  const reason = reasonOf(history);
  const response = audited.find(({ action }) => action === 'start_answered')?.detail?.why;
  if (response === 'accepted' && start === null)
    report('the audit trail says Adobe accepted a start that never reached it');
  if (row.state === 'migrated' && !(credential.completedAt !== null && credential.completedAt <= endedAt)) {
    report('Adobe had not migrated it');
  }
  if (row.state === 'bound' && !credential.begunAt.some((at) => at <= endedAt)) report('Adobe never began it');
  if (row.state === 'undone' && !credential.putBackAt.some((at) => at <= endedAt)) report('Adobe never put it back');
  if (row.state === 'failed') {
    const isPutBack = credential.putBackAt.some((at) => at <= endedAt);
    if (reason === 'put_back' && !isPutBack) report('Adobe never put it back');
    if (reason !== 'put_back' && start !== null && !start.isRefused)
      report(`failed (${reason}) though its start reached Adobe`);
  }
  if (row.state === 'needs_attention' && credential.status === 'completed' && !credential.isGone) {
    report('Adobe has completed it meanwhile');
  }
}

function reasonOf({ row }: Pick<History, 'row'>): string | null {
  const reason: { code: string } | null = row.reason === null ? null : JSON.parse(row.reason);
  return reason?.code ?? null;
}
