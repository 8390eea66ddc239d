import { expect, test } from 'vitest';
import type { SimulatedCredential } from '../../playground/adobe/organisation.ts';
import { technicalAccountIdOf } from '../../playground/adobe/seed.ts';
import { SCOPES } from '../../src/slack/health.ts';
import { ADMIN, DATA, GUEST, MEMBER } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import type { World } from './world.ts';

const HOSTILE = [
  '=HYPERLINK("https://evil.example","x")',
  '+1+cmd|/c calc!A1',
  '-2+3',
  '@SUM(A1)',
  '\t=1+1',
  '＝1+1',
  'two\r\nlines, "quoted"',
  '<!channel> & Ünïcödé 🔒',
];

/** The latest file sent to this person by direct message: its name, its bytes, and the text of the message before. */
async function fileOf(world: World, userId: string) {
  const seen = () => world.slack.state.messagesSeenBy(userId, world.slack.directOf(userId));
  const [file] = await world.slack.waitFor(() => {
    const { files } = seen().findLast(({ files }) => files.length > 0) ?? { files: [] };
    return files.length > 0 && files;
  });
  return { name: file?.name, bytes: file?.content ?? Buffer.of(), before: seen().at(-2)?.text };
}

/** Reads CSV one character at a time, by the rules of RFC 4180 alone. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const [one, next] = [text[at], text[at + 1]];
    if (isQuoted && one === '"' && next === '"') cell += text[at++];
    else if (one === '"') isQuoted = !isQuoted;
    else if (isQuoted) cell += one;
    else if (one === ',') {
      rows.at(-1)?.push(cell);
      cell = '';
    } else if (one === '\r' && next === '\n') {
      rows.at(-1)?.push(cell);
      cell = '';
      rows.push([]);
      at += 1;
    } else cell += one;
  }
  expect([rows.pop(), cell, isQuoted]).toEqual([[], '', false]);
  return rows;
}

/** Each row as column → text. */
function recordsOf(bytes: Buffer): Record<string, string>[] {
  const [head = [], ...rows] = parseCsv(new TextDecoder('utf-8', { ignoreBOM: false }).decode(bytes));
  return rows.map((row) => {
    expect(row).toHaveLength(head.length);
    return Object.fromEntries(head.map((column, at) => [column, row[at] ?? '']));
  });
}

function start(credentials: readonly SimulatedCredential[], options: Parameters<typeof startWorld>[0] = {}) {
  return startWorld({ seed: seedOf(...credentials), ...options });
}

test('An export is a CSV file, sent by direct message, with every credential as the list shows it', async () => {
  const held = credential('b', { owner: 'owner@example.com', sandboxes: ['dev', 'prod'] });
  const world = await start([credential('c', { state: 'COMPLETED' }), credential('a', { owner: null }), held]);
  const status = await world.say(ADMIN, 'status b');
  await world.slack.press(ADMIN, status, 'hold');
  const modal = await world.slack.waitFor(() => world.slack.modalOf(ADMIN));
  await world.slack.submit(ADMIN, modal.viewId, {
    hold_reason: { reason: 'quarter end' },
    hold_last_day: { day: '2025-05-09' },
  });
  await world.slack.waitFor(() => world.slack.modalOf(ADMIN) === null);

  expect((await world.say(MEMBER, 'export')).text).toBe('The file will arrive as a direct message.');
  const { name, bytes, before } = await fileOf(world, MEMBER);
  expect(name).toMatch(/^credentials-2025-\d\d-\d\d\.csv$/);
  expect(before).toContain('Export of 3 credentials as of ');
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const rows = recordsOf(bytes);
  expect(rows.map(({ Name: each, Status }) => [each, Status])).toEqual([
    ['a', 'Eligible'],
    ['b', 'Eligible'],
    ['c', 'Migrated'],
  ]);
  expect(rows[0]).toMatchObject({ Production: 'no', Owner: '', Use: 'Idle', 'On hold until': '' });
  expect(rows[1]).toEqual({
    Name: 'b',
    Sandboxes: 'prod; dev',
    Production: 'yes',
    Status: 'Eligible',
    Use: 'Idle',
    'Failing since (UTC)': '',
    Error: '',
    'Next run (UTC)': '',
    'Last query (UTC)': '',
    Owner: 'owner@example.com',
    'Owner (Slack ID)': '',
    'On hold until': '2025-05-09',
    'Held by (Slack ID)': ADMIN,
    'Reason for the hold': 'quarter end',
    'Last changed (UTC)': '2025-02-03 04:05',
    'Technical account ID': technicalAccountIdOf('b'),
  });
  expect((await world.say(ADMIN, 'history')).text).toContain(`<@${MEMBER}> exported 3 credentials`);
});

test('Names that a spreadsheet would run as formulas are text in the file, and every name can be read back as Adobe has it', async () => {
  const world = await start(HOSTILE.map((name, i) => credential(`h${i}`, { name })));
  await world.say(ADMIN, 'export');
  const names = recordsOf((await fileOf(world, ADMIN)).bytes).map(({ Name }) => Name ?? '');
  expect(names.filter((name) => /^[=+\-@\t\r＝]/.test(name))).toEqual([]);
  expect(names.map((name) => name.replaceAll(/(?<=^|[;\t\r\n])'/g, '')).sort()).toEqual([...HOSTILE].sort());
});

test('More credentials than one read returns are all in the file, once each', async () => {
  const names = Array.from({ length: 2_345 }, (_, i) => `c${i % 1_000}-${i}`);
  // The times differ, since Adobe pages by time of creation.
  const created = (i: number) => new Date(Date.UTC(2024, 0, 1) + i * 1_000);
  const world = await start(names.map((name, i) => credential(name, { created: created(i), consoleId: null })));
  await world.say(ADMIN, 'export');
  const rows = recordsOf((await fileOf(world, ADMIN)).bytes);
  expect(rows.map(({ Name }) => Name)).toEqual(names.toSorted());
});

test('Without files:write no file is sent, and the reply names the scope', async () => {
  const scopes = SCOPES.filter((scope) => scope !== 'files:write');
  const refused = ['files.getUploadURLExternal: missing_scope: needs files:write'];
  const world = await start([credential('a')], { scopes, refused });
  const reply = await failure(world);
  expect(reply).toContain('Ask an operator to add the scope `files:write`');
  expect(world.slack.messagesSeenBy(MEMBER, world.slack.directOf(MEMBER))).toEqual([]);
});

test('An upload that fails is reported without its URL, and the next one arrives', async () => {
  const world = await start([credential('a')]);
  world.slack.fail('upload_url', { httpStatus: 500 });
  expect(await failure(world)).toContain('No file was sent: Slack did not accept it (`HTTP 500`)');
  world.slack.fail('files.completeUploadExternal', { error: 'file_uploads_disabled' });
  expect(await failure(world)).toContain('(`file_uploads_disabled`)');
  world.slack.fail('files.completeUploadExternal', { isLost: true });
  expect(await failure(world)).toContain('the file may have been sent');
  world.slack.fail('files.getUploadURLExternal', { retryAfter: 30 });
  expect(await failure(world)).toContain('Slack asks us to wait about 30 seconds');
  await world.say(MEMBER, 'export');
  expect(recordsOf((await fileOf(world, MEMBER)).bytes)).toHaveLength(1);
});

test('A guest gets no file, and the audit trail records the denial', async () => {
  const world = await start([credential('a')]);
  expect((await world.say(GUEST, 'export')).text).not.toContain('direct message');
  expect((await world.say(ADMIN, 'history')).text).toContain(
    `<@${GUEST}> wanted to export the credentials and was denied access`,
  );
  expect(world.slack.calls.filter(({ method }) => method.startsWith('files.'))).toEqual([]);
});

/** The message after "The file comes …". */
async function failure(world: World): Promise<string> {
  const seen = () => world.slack.messagesSeenBy(MEMBER, DATA);
  const before = seen().length;
  await world.slack.command(MEMBER, DATA, 'export');
  await world.slack.waitFor(() => seen().length === before + 2);
  return seen().at(-1)?.text ?? '';
}
