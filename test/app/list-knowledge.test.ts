import { describe, expect, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import type { FaultId } from '../../playground/panel/contract.ts';
import { ADMIN, DATA } from '../support/people.ts';
import { buttonIds } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';

const SEED = seedOf(credential('airflow-dev'), credential('crm-sync', { state: 'COMPLETED' }));

describe('the list and Adobe', () => {
  test('the list says when an organisation has no non-expiring credentials', async () => {
    const world = await startWorld({ seed: seedOf() });
    const list = await world.say(ADMIN, 'list');
    expect(list.text).toContain('No non-expiring credentials found.');
    expect(buttonIds(list)).toEqual(['list_refresh']);
  });

  test('the first list reads Adobe, and says so while it does', async () => {
    const world = await startWorld({
      seed: SEED,
      synced: false,
      before: ({ adobe }) => adobe.faults.add({ on: 'accounts', kind: 'slow', ms: 300 }),
    });

    const list = await world.say(ADMIN, 'list');

    expect(list.text).toContain('⚪ `airflow-dev` · ');
    const [waiting] = world.slack.messagesSeenBy(ADMIN, DATA);
    expect(waiting?.text).toContain('Syncing with Adobe');
  });

  test('the list says why the first sync failed, and how to fix it', async () => {
    const refused = { on: 'accounts', kind: 'status', status: 403 } as const;
    const body = { error_code: '403999', message: 'The user is no admin' };
    const world = await startWorld({
      seed: SEED,
      synced: false,
      before: ({ adobe }) => adobe.faults.add({ ...refused, body, times: 3 }),
    });
    await world.logged('sync failed; the last known state stays');

    const list = await world.say(ADMIN, 'list');

    expect(list.text).toContain('AEP admin verification failed');
    expect(list.text).toContain('(`403999`, `The user is no admin`)');
    expect(list.text).toContain('Ask an Adobe system admin to give');
    expect(list.text).toContain('Not synced with Adobe yet');
    expect(list.text).toContain('No credentials are known yet.');
    expect(list.text).not.toContain('No non-expiring credentials found.');
    const refreshed = await world.press(ADMIN, list, 'list_refresh');
    expect(refreshed.text).toContain('`airflow-dev`');
    expect(refreshed.text).not.toContain('AEP admin verification failed');
  });

  test('the list shows the last sync, its age, and why a later one failed', async () => {
    const world = await startWorld({ seed: SEED });
    const list = await world.say(ADMIN, 'list');
    world.clock.advance(2 * 3600);
    world.adobe.faults.add({ on: 'accounts', kind: 'status', status: 200, body: [], times: 9 });

    await world.press(ADMIN, list, 'list_refresh');
    world.clock.advance(60);
    const { text } = await world.say(ADMIN, 'list');

    expect(text).toContain(
      "The sync with Adobe failed <!date^1746442800^{ago}|2025-05-05 11:00 UTC>. Adobe's response was not understood",
    );
    expect(text).toContain('Synced <!date^1746435600^{ago}|2025-05-05 09:00 UTC>');
    expect(text).toContain('⚪ `airflow-dev` · ');
  });

  test('the list shows Unknown with a reason and advice if the Console refuses, and keeps what was known', async () => {
    const world = await startWorld({ seed: SEED });
    world.adobe.consoleRefuses(true);
    world.adobe.add(credential('new-one'));

    const list = await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');

    expect(list.text).toContain('`new-one` · *Unknown*');
    expect(list.text).toContain('⚪ `airflow-dev` · ');
    expect(list.text).toContain('✅ Migrated 1');
    expect(list.text).toContain('AEP admin verification failed: Adobe does not let the app');
    expect(list.text).toContain("give the app's credential admin rights");
    world.adobe.consoleRefuses(false);
    expect((await world.press(ADMIN, list, 'list_refresh')).text).toContain('⚪ `new-one` · ');
  });

  test('the list names an integration that could not be read until it can be read', async () => {
    const world = await startWorld({ seed: SEED });
    const one = credential('one', { consoleId: 'integration-of-one' });
    world.adobe.add(one);
    world.adobe.faults.add({ on: 'integration', kind: 'status', status: 403 });

    const list = await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');

    expect(list.text).toContain(
      '1 integration could not be read: `integration-of-one` (`403`). What was known of them stays; the rest is up to date.',
    );
    expect(list.text).toContain('⚪ `airflow-dev` · ');
    const { body } = await world.ready();
    expect(body).toMatchObject({
      checks: { sync: { ok: true, detail: 'could not be read: 1 integration; see the log' } },
    });
    const again = await world.press(ADMIN, list, 'list_refresh');
    expect(again.text).not.toContain('could not be read');
    expect(again.text).toContain('⚪ `one` · ');
  });

  test('the list names what cannot be read at each fault of the simulated Adobe, and keeps what is known', async () => {
    const world = await startWorld({ seed: seedOrganisation() });
    let list = await world.say(ADMIN, 'list');
    const whileOn = async (fault: FaultId) => {
      world.adobe.switchFault(fault, true);
      list = await world.press(ADMIN, list, 'list_refresh');
      const { text } = list;
      world.adobe.switchFault(fault, false);
      return text;
    };

    expect(await whileOn('integration-refused')).toContain('1 integration could not be read: `100001` (`403`).');
    expect(await whileOn('sandbox-refused')).toContain('1 sandbox could not be read: `stage` (`403`).');
    const accounts = '3 accounts could not be read: `etl-staging`, `legacy-export`, `notebooks`';
    expect(await whileOn('account-unreadable')).toContain(accounts);
    const dates = '3 dates could not be read: `etl-staging: lastUpdated`, `legacy-export: lastUpdated`, ';
    expect(await whileOn('date-unreadable')).toContain(dates);
    expect(await whileOn('api-missing')).toContain("the app's project lacks the API (`403003`, ");
    const paused = await whileOn('paused');
    expect(paused).toContain('Adobe asks for a pause until');
    expect(paused).toMatch(/^15 of 19 credentials left/);
    world.clock.advance(3_600);
    list = await world.press(ADMIN, list, 'list_refresh');
    expect(list.text).not.toMatch(/could not be read|failed|pause/);
  });

  test('the list also says for a single sandbox what a documented error means, who can fix it, and the request id', async () => {
    const world = await startWorld({ seed: SEED, env: { ADOBE_SANDBOXES: 'prod,dev' } });
    const body = { error_code: '403025', message: 'Profile is not valid', request_id: 'r-403025' };
    world.adobe.faults.add({ on: 'accounts', kind: 'status', status: 403, body });

    const { text } = await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');

    expect(text).toMatch(
      /1 sandbox could not be read: `\w+` \(`403025`: the app's credential is not entitled .*\)\. Ask an operator to check that `ADOBE_ORG_ID`.* Adobe's request id: `r-403025`\. What was known of them stays/,
    );
  });

  test('Refresh says until when Adobe asks for a pause, and does not call Adobe before its end', async () => {
    const world = await startWorld({ seed: SEED });
    const list = await world.say(ADMIN, 'list');
    const headers = { 'retry-after': '3244' };
    world.adobe.faults.add({ on: 'accounts', kind: 'status', status: 429, headers });

    const paused = await world.press(ADMIN, list, 'list_refresh');

    expect(paused.text).toContain(
      'Adobe asks for a pause until <!date^1746438844^{date_short_pretty} {time}|2025-05-05 09:54 UTC>',
    );
    expect(paused.text).toContain('No action needed: the sync goes on after it.');
    expect(paused.text).toContain('⚪ `airflow-dev` · ');
    const calls = world.adobe.calls.length;
    world.clock.advance(3_200);
    expect((await world.press(ADMIN, paused, 'list_refresh')).text).toContain('Adobe asks for a pause until');
    expect(world.adobe.calls).toHaveLength(calls);
    world.clock.advance(60);
    expect((await world.press(ADMIN, paused, 'list_refresh')).text).not.toContain('Adobe asks for a pause');
  });

  test('Refresh names the day on which a pause ends, even if it lasts days, years or longer than any calendar', async () => {
    const world = await startWorld({ seed: SEED });
    let list = await world.say(ADMIN, 'list');
    for (const [retryAfter, shown] of [
      ['259200', 'until <!date^1746694800^{date_short_pretty} {time}|2025-05-08 09:00 UTC>'],
      ['2000000000', '|2088-09-22 12:33 UTC>'],
      ['100000000000000000000', '|9999-12-31 23:59 UTC>'],
    ] as const) {
      world.adobe.faults.add({ on: 'accounts', kind: 'status', status: 429, headers: { 'retry-after': retryAfter } });
      list = await world.press(ADMIN, list, 'list_refresh');
      expect(list.text).toContain(shown);
      world.clock.advance(Math.min(Number(retryAfter) + 1, 3e9));
    }
  });

  test('the list says which API and scopes the project lacks when the Console refuses the API key (403003)', async () => {
    const body = { error_code: '403003', message: 'Api Key is invalid' };
    const world = await startWorld({
      seed: SEED,
      synced: false,
      before: ({ adobe }) => adobe.faults.add({ on: 'organizations', kind: 'status', status: 403, body }),
    });
    await world.logged('sync failed; the last known state stays');

    const { text } = await world.say(ADMIN, 'list');

    expect(text).toContain("the app's project lacks the API (`403003`, `Api Key is invalid`)");
    expect(text).toContain(
      'Ask an operator to add the Experience Platform API and the I/O Management API to the project in the Developer Console',
    );
    expect(text).not.toContain('AEP admin verification failed');
  });

  test('Refresh reads Adobe again and replaces the list', async () => {
    const world = await startWorld({ seed: SEED });
    const list = await world.say(ADMIN, 'list');
    world.adobe.migrateElsewhere(credential('airflow-dev').technicalAccountId);
    world.adobe.remove(credential('crm-sync').technicalAccountId);

    const refreshed = await world.press(ADMIN, list, 'list_refresh');

    expect(refreshed.ts).toBe(list.ts);
    expect(refreshed.text).toContain('`airflow-dev` · *Unfinished*');
    expect(refreshed.text).not.toContain('crm-sync');
  });

  test('the list counts the days after the deadline as well', async () => {
    const world = await startWorld({ seed: SEED });
    world.clock.advance(56 * 24 * 3600);
    expect((await world.say(ADMIN, 'list')).text).toContain('1 of 2 credentials left · 30 June 2025 · last day');
    world.clock.advance(24 * 3600);
    expect((await world.say(ADMIN, 'list')).text).toContain('1 of 2 credentials left · 30 June 2025 · 1 day overdue');
  });
});
