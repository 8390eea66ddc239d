import { describe, expect, test } from 'vitest';
import { manyCredentials } from '../../playground/adobe/seed.ts';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { ADMIN, GUEST, MEMBER } from '../support/people.ts';
import { buttonIds, buttonsOf } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import type { World } from './world.ts';

/** A long name of characters that become longer when escaped. */
function long(n: number) {
  return `${String(n).padStart(5, '0')} ${'& <!channel> '.repeat(30)}`;
}

/** How many credentials a list names. */
function named(text: string): number {
  return text.match(/^⚪ `\d{5} /gm)?.length ?? 0;
}

async function turn(world: World, on: SeenMessage, to: 'list_next' | 'list_previous') {
  const turned = await world.press(ADMIN, on, to);
  expect(turned.ts).toBe(on.ts);
  return turned;
}

describe('the pages of a list', () => {
  test('the next and previous page replace the list', async () => {
    const world = await startWorld({ seed: seedOf(...Array.from({ length: 20 }, (_, i) => credential(long(i)))) });

    const first = await world.say(ADMIN, 'list');
    expect(first.text).toContain('1–12 of 20');
    expect(named(first.text)).toBe(12);
    expect(first.text).toContain('7 more on this page can be migrated: run `/qs-creds migrate`.');
    expect(buttonIds(first).slice(-2)).toEqual(['list_next', 'list_refresh']);
    const second = await turn(world, first, 'list_next');
    expect(second.text).toContain('13–20 of 20');
    expect(named(second.text)).toBe(8);
    expect(second.text).toContain('3 more on this page can be migrated');
    expect(buttonIds(second).slice(-2)).toEqual(['list_previous', 'list_refresh']);
    expect((await turn(world, second, 'list_previous')).text).toBe(first.text);
  });

  test('the pages of a list keep its filter', async () => {
    const names = Array.from({ length: 17 }, (_, i) => credential(`etl-${i}`));
    const world = await startWorld({ seed: seedOf(...names, credential('other')) });
    const first = await world.say(ADMIN, 'list etl');
    expect(first.text).toContain('1–12 of 17');
    const second = await turn(world, first, 'list_next');
    expect(second.text).toContain('13–17 of 17');
    expect(second.text).not.toContain('`other`');
  });

  test('a list of 10 000 credentials has pages within the limits of Slack', async () => {
    const { credentials } = manyCredentials(10_000);
    // The Console shows only some of them, since each costs the test two requests.
    const seed = credentials.map((each, i) => ({ ...each, name: long(i), ...(i >= 300 && { consoleId: null }) }));
    const world = await startWorld({ seed: seedOf(...seed) });

    const first = await world.say(ADMIN, 'list');
    expect(first.text).toContain('1–12 of 10000');
    expect(first.text).toContain('⚪ Eligible 300 · ❔ Unknown 9700');
    const second = await turn(world, first, 'list_next');
    expect(second.text).toContain('13–24 of 10000');
    expect(buttonIds(second).slice(-3)).toEqual(['list_previous', 'list_next', 'list_refresh']);
    expect((await turn(world, second, 'list_previous')).text).toBe(first.text);
    await world.slack.forgePress(
      ADMIN,
      { action_id: 'list_next', value: '{"offset":9990}' },
      { channel: { id: first.channel } },
    );
    await world.until(/9991–10000 of 10000/, world.slack.directOf(ADMIN));
    expect((await world.say(ADMIN, 'list 09999')).text).toContain('`09999 ');
  });

  test('a forged page value does nothing and shows a reference', async () => {
    const values = ['', 'garbage', '[]', '{"offset":-1}', '{"offset":1e300}', '{"words":[1],"offset":0}'];
    const world = await startWorld({ seed: seedOf(credential('etl')), errors: values.map(() => 'a request failed') });
    for (const value of values) {
      const answer = await world.forge(ADMIN, 'list_next', value);
      expect(answer.text, value).toMatch(/Something went wrong .* reference `[A-Z2-9]{8}`/);
    }
    expect((await world.forge(ADMIN, 'list_next', '{"offset":30}')).text).toContain('Nothing from 31 on');
    expect((await world.forge(ADMIN, 'list_next', '{"status":"eligible","offset":0}')).text).toContain('etl');
  });

  test('access is checked on every page', async () => {
    const world = await startWorld({ seed: seedOf(credential('etl')) });
    const view = '{"offset":0}';
    expect((await world.forge(GUEST, 'list_next', view)).text).toContain('Guests may not use this');
    expect((await world.forge(GUEST, 'list_refresh', view)).text).toContain('Guests may not use this');
    const seen = await world.forge(MEMBER, 'list_next', view);
    expect(buttonsOf(seen).map(({ id }) => id)).toEqual(['list_refresh']);
  });
});
