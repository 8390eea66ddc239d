import { describe, expect, test } from 'vitest';
import { AdobeHealth } from '../../src/adobe/health.ts';
import { readinessChecks } from '../../src/checks.ts';
import { startRefusalWords } from '../../src/migrations/start-responses.ts';
import { TestClock } from '../support/clock.ts';
import { ERROR_KINDS } from '../support/enumerations.ts';
import { minute } from '../support/samples.ts';
import { SILENT } from '../support/services.ts';
import { filesOf, read } from '../support/sources.ts';

const RUNBOOK = read('docs/runbook.md');

/** The text below a heading, up to the next one of its level. */
function below(heading: string): string {
  const [level] = /^#+/.exec(heading) ?? [];
  const [, after = ''] = RUNBOOK.split(`\n${heading}\n`);
  return after.split(`\n${level} `, 1)[0] ?? '';
}

const LITERAL = /`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;

/** The first constant part of each literal that distinguishes it, without the fix that follows it. */
function fixedParts(code: string): string[] {
  return (code.match(LITERAL) ?? [])
    .map((literal) => literal.slice(1, -1).split(/\$\{(?:[^{}]|\{[^{}]*\})*\}|: /))
    .map((parts) => parts.map((part) => part.trim()))
    .map((parts) => parts.find((part) => part.length > 12) ?? parts[0] ?? '');
}

/** The texts in these places of a file. */
function placesIn(file: string, places: RegExp): string[] {
  return [...read(file).matchAll(places)].flatMap(([code]) => fixedParts(code));
}

/** The details of `/readyz`, by check, as the code writes them, except Adobe's, which the code composes in many ways. */
const DETAILS: Readonly<Record<string, readonly string[]>> = {
  database: [
    ...placesIn('src/db/postgres-errors.ts', /^ {4}words:\s+.*,$/gm),
    // Each error also has a few words for the log.
    ...placesIn('src/db/sqlite-errors.ts', /'[^']+',\s+'[^']+'/g).filter((part) => /^[A-Z]/.test(part)),
    ...placesIn('src/checks.ts', /'not known [^']+'/g),
  ],
  slack: [
    ...placesIn('src/slack/health.ts', /detail( =|:) `[^`]+`/g),
    ...placesIn('src/slack/health.ts', /`Slack does [^`]+`/g),
    ...placesIn('src/slack/socket.ts', /detail: `[^`]+`/g),
  ],
  reminders: placesIn('src/checks.ts', /detail: `the reminder [^`]+`/g),
  queue: [
    ...placesIn('src/checks.ts', /isStuck\) return \{ ok: true, detail: `[^`]+`/g),
    ...placesIn('src/checks.ts', /detail: '(?:a migration|no instance) [^']+'/g),
  ],
  messages: placesIn('src/checks.ts', /const what = `.*`;/g),
  sync: [
    ...placesIn('src/checks.ts', /detail: ('Adobe has [^']+'|`could not be read[^`]+`)/g),
    ...placesIn('src/checks.ts', /`[^`]*\$\{howFar\}[^`]*`/g),
  ],
};

describe('the runbook', () => {
  const checks = Object.keys(readinessChecks({} as Parameters<typeof readinessChecks>[0]));

  test('has a place for each check of /readyz', () => {
    expect([...Object.keys(DETAILS), 'adobe'].sort()).toEqual(checks.sort());
    expect(checks.filter((check) => below(`### ${check}`) === '')).toEqual([]);
  });

  test.each(Object.keys(DETAILS))('has every detail that %s can have', (check) => {
    const parts = DETAILS[check] ?? [];
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.filter((part) => !below(`### ${check}`).includes(part))).toEqual([]);
  });

  test('has every detail that adobe can have', () => {
    const rows = [...below('### adobe').matchAll(/^\| `([^`]+)`/gm)].map(([, text = '']) => text.split('…'));
    const details = ERROR_KINDS.map((outcome) => {
      const clock = new TestClock();
      const health = new AdobeHealth({ clock, logger: SILENT });
      health.note({ operation: 'list the accounts', outcome, seconds: 1 });
      clock.advance(61);
      return health.state().detail ?? '';
    });
    details.push(
      startRefusalWords({ problem: { kind: 'no_such_path', operation: 'start a migration' }, confirmedAt: minute(0) }),
    );
    expect(details.filter((detail) => !rows.some((parts) => parts.every((part) => detail.includes(part))))).toEqual([]);
  });

  test('would miss no detail: each is written in a file that is looked at', () => {
    const written = filesOf('src').filter((file) =>
      /new DatabaseError\(|\bok: (true|false), detail\b|function \w+RefusalWords/.test(read(file)),
    );
    expect(written.sort()).toEqual([
      'src/adobe/health.ts',
      // Repeats the detail of the database.
      'src/app.ts',
      'src/checks.ts',
      'src/db/postgres-errors.ts',
      // Only used by `npm run backup`.
      'src/db/sqlite-copy.ts',
      'src/db/sqlite-errors.ts',
      // Only used by the doctor.
      'src/doctor/outcome.ts',
      // Writes the same detail for every check.
      'src/http/readiness.ts',
      'src/migrations/start-responses.ts',
      'src/slack/health.ts',
      'src/slack/socket.ts',
    ]);
    expect(RUNBOOK).toContain(placesIn('src/http/readiness.ts', /detail: '[^']+'/g)[0]);
  });

  test('has every situation in which a migration needs attention', () => {
    const [, inWords = ''] = /case 'unclear': \{([\s\S]*?)\n {4}\}/.exec(read('src/slack/messages/progress.ts')) ?? [];
    const [, statuses = ''] = /export type AdobeStatus = (.*);/.exec(read('src/credentials/credential.ts')) ?? [];
    const section = below('## A migration needs attention');
    const parts = fixedParts(inWords).filter((part) => /Nobody|state|outside/.test(part));
    expect(parts.length).toBeGreaterThan(3);
    // Adobe's status `completed` ends each of these situations.
    for (const status of fixedParts(statuses).filter((each) => each !== 'completed')) {
      expect(section, status).toContain(`(\`${status.replace('_', ' ')}\`)`);
    }
    for (const part of [
      'state could not be read',
      'Nobody has pressed Migrate in Adobe',
      'its migration was begun outside qs-creds',
    ]) {
      expect(inWords).toContain(part);
      expect(section).toContain(part);
    }
  });

  test('has every exit code of every command', () => {
    const ending = filesOf('src').filter((file) => /process\.exit\(|process\.exitCode/.test(read(file)));
    // When a command is added, add its codes to the table.
    expect(ending.sort()).toEqual(['src/audit-verify.ts', 'src/backup/command.ts', 'src/doctor.ts', 'src/run.ts']);
    const codes = [...ending, 'src/config/config.ts', 'src/doctor/run.ts'].flatMap((file) =>
      [
        ...read(file).matchAll(/^(?:export )?const [A-Z_]+ = (\d{1,3});$|process\.exit\((\d+)\)|\? EX_CONFIG : (\d)/gm),
      ].map(([, a, b, c]) => a ?? b ?? c),
    );
    expect(new Set(codes)).toEqual(new Set(['0', '1', '2', '78']));
    const table = below('## The process ends, or does not start');
    expect([...new Set(codes)].filter((code) => !table.includes(`\n| ${code} | `))).toEqual([]);
  });
});
