import type { DataTableBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import { ADMIN, GUEST, MEMBER, OWNER } from '../support/people.ts';
import { openHome, publishedHome } from './homes.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { RUNNING } from './world.ts';

const SEED = seedOf(
  credential('airflow-dev'),
  credential('bi-nightly', { sandboxes: ['prod'], owner: 'bi-team@example.com' }),
  credential('crm-sync', { state: 'COMPLETED' }),
);

/** The cells of the Home's table, header first. */
function tableOf({ blocks }: { readonly blocks: readonly { readonly type: string }[] }): string[][] {
  const table = blocks.find(({ type }) => type === 'data_table') as DataTableBlock | undefined;
  return table?.rows.map((cells) => cells.map((cell) => ('text' in cell ? cell.text : ''))) ?? [];
}

describe('the Home', () => {
  test('the Home shows a migrator what is eligible and what runs, with buttons', async () => {
    const world = await startWorld({ seed: SEED });
    const home = await openHome(world, ADMIN);
    expect(home.text).toContain('2 of 3 credentials left · 30 June 2025 · 56 days left');
    expect(home.text).toContain('No migration is running.');
    expect(home.text).toContain('⚪ `bi-nightly` · idle for 30 days\nMigrate…\n🔒 prod · bi-team@example.com');
    expect(home.text).toContain('To migrate, run `/qs-creds migrate`');
    expect(buttonIds(home)).toEqual(['migrate_next', 'home_refresh', 'migrate', 'migrate']);
    expect(buttonsOf(home)[0]?.text).toBe('Migrate next: bi-nightly');
    await world.migrate(ADMIN, 'airflow-dev');
    await world.until(RUNNING);
    expect((await openHome(world, ADMIN)).text).toMatch(/⏳ `airflow-dev` migrating, started <!date\^\d+\^\{ago\}\|/);
  });

  test('the Home shows another member the same, their own credentials, and whom to ask', async () => {
    const world = await startWorld({ seed: SEED });
    const home = await openHome(world, OWNER);
    expect(home.text).toContain('2 of 3 credentials left');
    expect(home.text).toMatch(/Yours\n⚪ `airflow-dev` · .*\n.*\n✅ `crm-sync` · \*Migrated\*\n.*\nNow\n/);
    expect(home.text).toContain('You have read-only access. To migrate, ask a workspace admin or owner.');
    expect(buttonIds(home)).toEqual(['home_refresh']);
    expect((await openHome(world, MEMBER)).text).not.toContain('Yours');
  });

  test('the Home shows a migrator failing credentials before the rest, their own last, and recent actions', async () => {
    const world = await startWorld({
      seed: seedOrganisation(),
      before: ({ adobe }) => adobe.switchFault('jobs-fail', true),
    });
    await world.logged('usage read');
    await world.say(GUEST, 'list');
    const { text } = await openHome(world, ADMIN);
    const parts = ['Unfinished', 'Now', 'Failing', 'Eligible, the others', 'Recent'].map((title) =>
      text.indexOf(`\n${title}\n`),
    );
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(parts).not.toContain(-1);
    expect(text.match(/⚪ `tableau-server`/g)).toHaveLength(1);
    expect(text).toMatch(/Recent\n<!date.+<@U0GUEST001> wanted to see the list/);
  });

  test('the Home shows a guest only whom to ask', async () => {
    const world = await startWorld({ seed: SEED });
    const home = await openHome(world, GUEST);
    expect(home.text).toBe('Guests may not use this. Ask a workspace admin or owner.');
    expect((await world.say(ADMIN, 'history')).text).toContain(
      '<@U0GUEST001> wanted to open Home and was denied access: a guest',
    );
  });

  test('the Home shows nothing while Slack cannot say who opens it', async () => {
    const world = await startWorld({ seed: SEED });
    world.slack.fail('users.info', { error: 'internal_error' });
    expect((await openHome(world, ADMIN)).text).toContain("I couldn't verify you with Slack");
  });

  test('Refresh reads Adobe again and updates the Home', async () => {
    const world = await startWorld({ seed: SEED });
    const { hash } = await openHome(world, MEMBER);
    world.adobe.migrateElsewhere(credential('airflow-dev').technicalAccountId);
    await world.slack.press(MEMBER, 'home', 'home_refresh');
    expect((await publishedHome(world, MEMBER, hash)).text).toContain('🟡 Unfinished 1 · ⚪ Eligible 1');
  });

  test('the Home counts the credentials it has no room for', async () => {
    // The times differ, since Adobe pages by them.
    const many = Array.from({ length: 150 }, (_, i) => credential(`etl-${i}`, { created: new Date(i) }));
    const world = await startWorld({ seed: seedOf(...many) });
    const home = await openHome(world, OWNER);
    expect(home.text).toContain('144 more credentials: `/qs-creds list mine`');
    expect(home.text).toContain('144 more credentials: `/qs-creds list eligible`');
    expect(home.text).toContain('50 more credentials: `/qs-creds list`');
    expect(tableOf(home)).toHaveLength(101);
  });

  test('credentials the Home has no room for are listed in a table, as plain text, or in lines if Slack rejects tables', async () => {
    const world = await startWorld({ seed: seedOrganisation() });
    const table = tableOf(await openHome(world, ADMIN));
    expect(table[0]).toEqual(['Name', 'Status', 'Use', 'Sandboxes', 'Owner']);
    expect(table.map(([name]) => name)).toContain('alerts <!channel>');
    expect(table.slice(1).map(([, state]) => state)).not.toContain('Migrated');
    expect(table[1]?.[3]).toContain('🔒 prod');
    world.slack.faults.switch('slack-no-new-blocks', true);
    const plain = await openHome(world, ADMIN);
    expect(tableOf(plain)).toEqual([]);
    expect(plain.text).toMatch(/All that is left, most urgent first\n.+ · Unfinished · .*\n/);
    expect(tableOf(await openHome(await startWorld({ seed: SEED }), ADMIN))).toEqual([]);
  });
});
