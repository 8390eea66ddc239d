import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, MEMBER, OWNER } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';

const SEED = seedOf(
  credential('bi-nightly', { sandboxes: ['prod'], owner: 'bi-team@example.com', description: 'Marts' }),
  credential('airflow-dev', { sandboxes: ['dev', 'stage'] }),
  credential('crm-sync', { state: 'COMPLETED' }),
  credential('dbt', { state: 'STARTED', owner: null }),
  credential('notebooks', { state: 'NONE' }),
  credential('load-test', { consoleId: null }),
);

describe('/qs-creds list', () => {
  test('list shows counts, the deadline and every credential with its state, in an ephemeral message', async () => {
    const world = await startWorld({ seed: SEED });

    const list = await world.say(ADMIN, 'list');

    expect(list.ephemeral).toBe(true);
    expect(list.text).toContain('4 of 5 credentials left · 30 June 2025 · 56 days left');
    expect(list.text).toContain('🟡 Unfinished 1 · ⚪ Eligible 2 · ❔ Unknown 1 · ➖ Not eligible 1 · ✅ Migrated 1');
    expect(list.text).toContain('⚪ `bi-nightly` · idle for 30 days\n🔒 `prod` · `bi-team@example.com`\n');
    expect(list.text).toContain('⚪ `airflow-dev` · idle for 30 days\n`dev`, `stage` · `owner@example.com`\n');
    expect(list.text).toContain('🟡 `dbt` · *Unfinished* · idle for 30 days\n`dev` · no owner\n');
    expect(list.text).toContain('2 migrated or not eligible: `/qs-creds list all`');
    expect(list.text).toContain('`load-test` · *Unknown*');
    expect(list.text).toContain('*Unknown*: The Developer Console shows no integration');
    expect(list.text).toContain('Synced <!date^1746435600^{ago}|2025-05-05 09:00 UTC>');
    expect(world.slack.messagesSeenBy(MEMBER, DATA)).toEqual([]);
  });

  test('list gives migrators, and no one else, a Migrate button on each eligible credential', async () => {
    const world = await startWorld({ seed: SEED });

    const buttons = buttonsOf(await world.say(ADMIN, 'list'));

    // The "…" shows that the button asks first.
    expect(buttons.map(({ text }) => text)).toEqual(['Migrate…', 'Migrate…', 'Refresh']);
    expect(buttons.map(({ id, value }) => [id, value])).toEqual([
      ['migrate', SEED.credentials[0]?.technicalAccountId],
      ['migrate', SEED.credentials[1]?.technicalAccountId],
      ['list_refresh', '{"offset":0}'],
    ]);
    expect(buttonIds(await world.say(MEMBER, 'list'))).toEqual(['list_refresh']);
  });

  test.each([
    ['eligible', ['bi-nightly', 'airflow-dev']],
    ['ELIGIBLE', ['bi-nightly', 'airflow-dev']],
    ['migrated', ['crm-sync']],
    ['left', ['dbt', 'bi-nightly', 'airflow-dev', 'load-test']],
    ['all', ['dbt', 'bi-nightly', 'airflow-dev', 'load-test', 'notebooks', 'crm-sync']],
    ['', ['dbt', 'bi-nightly', 'airflow-dev', 'load-test']],
    ['production', ['bi-nightly']],
    ['Unknown no owner', []],
    ['no owner', ['dbt']],
    ['eligible @owner', ['airflow-dev']],
    ['not eligible migrated', ['notebooks', 'crm-sync']],
    ['failing', []],
    ['on hold', []],
    ['MARTS bi-', ['bi-nightly']],
    ['stage', ['airflow-dev']],
    ['bi-team@', ['bi-nightly']],
  ])('list %j shows %j', async (filter, names) => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.say(ADMIN, `list ${filter}`);
    expect(Array.from(text.matchAll(/^(?:⚪|🟡|❔|➖|✅) `([^`]+)`/gmu), ([, name]) => name)).toEqual(names);
  });

  test('the list shows what its menu selects, names the filter, and counts the matches', async () => {
    const world = await startWorld({ seed: SEED });
    const list = await world.say(ADMIN, 'list');
    expect(list.text).not.toContain('*Shown:*');
    const value = '{"traits":["production"],"offset":0}';
    const chosen = await world.press(ADMIN, list, 'list_show', { selected: value });
    expect(chosen.ts).toBe(list.ts);
    expect(chosen.text).toContain('*Shown:* Production · 1 credential\n');
    expect(chosen.text).not.toContain('airflow-dev');
    expect((await world.say(ADMIN, 'list production eligible nightly')).text).toContain(
      '*Shown:* Production · Eligible · `nightly` · 1 credential\n',
    );
  });

  test('list @owner shows the credentials that person owns or took over, names the person, and combines with other filters', async () => {
    const world = await startWorld({ seed: SEED });
    const list = await world.say(ADMIN, 'list @owner all');
    expect(list.text).toContain(`*Shown:* <@${OWNER}> · All · 4 credentials\n`);
    for (const name of ['airflow-dev', 'load-test', 'notebooks', 'crm-sync'])
      expect(list.text).toContain(`\`${name}\``);
    expect(list.text).not.toContain('bi-nightly');
    expect((await world.press(ADMIN, list, 'list_refresh')).text).toBe(list.text);
    const { text } = await world.say(ADMIN, 'list unknown @owner');
    expect(text).toContain(`*Shown:* <@${OWNER}> · Unknown · 1 credential\n`);
    expect((await world.say(ADMIN, 'list @member')).text).toContain(
      `No non-expiring credential is assigned to <@${MEMBER}>. Run`,
    );
    expect((await world.say(ADMIN, 'list @member unknown')).text).toContain('Nothing matches this filter.');
  });

  test('list @owner does not say that the person owns nothing while Slack cannot say who they are', async () => {
    const world = await startWorld({ seed: SEED });
    await world.say(ADMIN, 'list');
    world.slack.fail('users.info', { error: 'internal_error', times: 2 });
    expect((await world.say(ADMIN, 'list @owner')).text).toContain(`can't read the email address of <@${OWNER}>`);
    expect((await world.say(ADMIN, 'list @owner all')).text).toContain(`can't read the email address of <@${OWNER}>`);
    expect((await world.say(ADMIN, 'list @owner')).text).toContain('4 credentials');
  });

  test('a name that Slack turns into a link, a mention or a channel is found as it was typed', async () => {
    const names = ['etl.example.com', 'svc@example.com', '@owner', '#data-platform', 'R&D <nightly>', '<@U0OWNER001>'];
    const world = await startWorld({ seed: seedOf(...names.map((name) => credential(name))) });
    for (const name of names) {
      const { text } = await world.say(ADMIN, `status ${name}`);
      expect(text, name).toContain(`\`${name.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}\``);
      expect(text, name).not.toContain('match');
    }
  });

  test('list mine goes by the email address, and says when nothing is assigned', async () => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.say(OWNER, 'list mine');
    expect(text).toContain('airflow-dev');
    expect(text).not.toContain('bi-nightly');
    expect((await world.say(MEMBER, 'list mine')).text).toContain('is assigned to you');
  });

  test('list says what to do about words that match nothing', async () => {
    const world = await startWorld({ seed: SEED });
    const { text } = await world.say(ADMIN, 'list no such thing');
    expect(text).toContain('No credential matches `no such thing`');
    expect(text).toContain('Run `/qs-creds list all` to see them all');
  });

  test('list says when no credential has the status asked for', async () => {
    const world = await startWorld({ seed: seedOf(credential('crm-sync', { state: 'COMPLETED' })) });
    expect((await world.say(ADMIN, 'list eligible')).text).toContain('No credential is Eligible');
    expect((await world.say(ADMIN, 'list')).text).toContain('Nothing is left to migrate');
  });

  test('the Migrate button of the list asks before migrating', async () => {
    const world = await startWorld({ seed: SEED });
    const list = await world.say(ADMIN, 'list');
    const value = String(SEED.credentials[1]?.technicalAccountId);
    const question = await world.press(ADMIN, list, 'migrate', { value });
    expect(question.text).toContain('*Migrate `airflow-dev`?*');
    expect(question.ephemeral).toBe(true);
    await world.expectNothingStarted();
  });
});
