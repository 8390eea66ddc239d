import { describe, expect, test } from 'vitest';
import { ADMIN, DATA, SECOND } from '../support/people.ts';
import { openHome } from './homes.ts';
import { buttonIds } from './sent.ts';
import { credential, seedOf, startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const SEED = seedOf(credential('airflow-dev'), credential('bi-nightly', { sandboxes: ['prod'] }));
/** Matches a question into which Adobe's data has been filled. */
const READ = /^(?!.*Checking in Adobe).*No enabled schedule uses it/;
const WAIT = { what: 'the modal' };

/** Waits until the admin's topmost modal contains these words. */
function modalThatSays(world: World, words: string | RegExp) {
  return world.slack.waitFor(() => {
    const modal = world.slack.modalOf(ADMIN);
    const text = JSON.stringify(modal?.view.blocks ?? []);
    return (typeof words === 'string' ? text.includes(words) : words.test(text)) ? modal : null;
  }, WAIT);
}

/** Presses Migrate of this credential in the Home. */
async function ask(world: World, name: string) {
  await openHome(world, ADMIN);
  await world.slack.press(ADMIN, 'home', 'migrate', { value: credential(name).technicalAccountId });
  return modalThatSays(world, `Migrate \`${name}\`?`);
}

const direct = (world: World) => world.slack.messagesSeenBy(ADMIN, world.slack.directOf(ADMIN));

describe('Migrate in the Home', () => {
  test('opens the question at once, before Adobe says what depends on the credential, and starts nothing', async () => {
    const world = await startWorld({ seed: SEED });
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    world.adobe.faults.add({ on: 'schedules', kind: 'held', until, times: 1 });
    const modal = await ask(world, 'airflow-dev');
    expect(JSON.stringify(modal.view.blocks)).toContain('Checking in Adobe what depends on it…');
    answer();
    expect(modal.view).toMatchObject({ title: { text: 'Migrate permanently?' }, submit: { text: 'Migrate' } });
    expect(modal.view.close?.text).toBe('Not now');
    const whole = await modalThatSays(world, READ);
    expect(whole.viewId).toBe(modal.viewId);
    const text = JSON.stringify(whole.view.blocks);
    expect(text).not.toContain('Checking in Adobe');
    for (const part of ['sandbox `dev` · owner `owner@example.com`', 'cannot be undone', 'Expires at '])
      expect(text).toContain(part);
    expect(direct(world)).toEqual([]);
    await world.expectNothingStarted();
  });

  test('a submitted question starts the migration once and says so in the modal, and the end is a direct message', async () => {
    const world = await startWorld({ seed: SEED });
    const { viewId } = await ask(world, 'airflow-dev');
    await modalThatSays(world, READ);
    await world.slack.submit(ADMIN, viewId);
    await Promise.all([world.slack.replay(), world.slack.replay()]);
    const result = await modalThatSays(world, 'was confirmed by <@U0ADMIN001>');
    expect(result.viewId).toBe(viewId);
    expect(result.view.submit).toBeNull();
    expect(JSON.stringify(result.view.blocks)).toContain('A direct message shows its progress.');
    await world.until(MIGRATED, world.slack.directOf(ADMIN));
    expect(world.slack.messagesSeenBy(ADMIN, DATA)).toEqual([]);
    expect(world.adobe.starts).toHaveLength(1);
    expect((await world.say(ADMIN, 'history')).text.match(/confirmed the migration of/g)).toHaveLength(1);
  });

  test('Migrate next asks about the next credential, and production requires its name, which is shown on a line of its own', async () => {
    const world = await startWorld({ seed: seedOf(credential('bi-nightly', { sandboxes: ['prod'] })) });
    await openHome(world, ADMIN);
    await world.slack.press(ADMIN, 'home', 'migrate_next');
    const { view, viewId } = await modalThatSays(world, READ);
    expect(view.blocks.find(({ type }) => type === 'rich_text')).toMatchObject({
      elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'bi-nightly' }] }],
    });
    await world.slack.submit(ADMIN, viewId, { typed_name: { name: 'bi-hourly' } });
    expect(world.slack.modalOf(ADMIN)?.errors).toEqual({
      typed_name: "Name doesn't match. Type bi-nightly. Nothing has been started.",
    });
    await world.slack.submit(ADMIN, viewId, { typed_name: { name: 'bi-nightly' } });
    await modalThatSays(world, 'was confirmed by');
    await world.until(MIGRATED, world.slack.directOf(ADMIN));
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('Not now is recorded, and the question can no longer be confirmed', async () => {
    const world = await startWorld({ seed: SEED, refused: ['views.update: not_found: the view is not open'] });
    const { viewId, view } = await ask(world, 'airflow-dev');
    await modalThatSays(world, READ);
    await world.slack.closeView(ADMIN, viewId);
    await world.slack.forgeInteraction(ADMIN, { type: 'view_submission', view: { ...view, state: { values: {} } } });
    const told = () => direct(world).some(({ text }) => text.includes('was cancelled by <@U0ADMIN001>'));
    await world.slack.waitFor(told, WAIT);
    expect((await world.say(ADMIN, 'history')).text).toContain('cancelled');
    await world.expectNothingStarted();
  });

  test.each([
    ['has expired', async (world: World) => world.clock.advance(10 * 60), 'expired after 10 minutes'],
    [
      'was overtaken by a confirmed one',
      async (world: World) => {
        await world.migrate(SECOND, 'airflow-dev');
        await world.until(MIGRATED);
      },
      'is no longer valid: another question about it was confirmed',
    ],
    [
      'is about a deleted credential',
      async (world: World) => {
        world.adobe.remove(credential('airflow-dev').technicalAccountId);
        await world.press(ADMIN, await world.say(ADMIN, 'list'), 'list_refresh');
      },
      'is no longer valid: the credential has changed since',
    ],
  ])('a submitted question that %s says so in the modal, and starts nothing', async (_, meanwhile, words) => {
    const world = await startWorld({ seed: SEED });
    const { viewId } = await ask(world, 'airflow-dev');
    await modalThatSays(world, READ);
    await meanwhile(world);
    const before = world.startsSent;
    await world.slack.submit(ADMIN, viewId);
    expect((await modalThatSays(world, words)).view.submit).toBeNull();
    expect(world.startsSent).toBe(before);
    expect(direct(world)).toEqual([]);
  });

  test('a person who may no longer migrate is denied in the modal, and starts nothing', async () => {
    const world = await startWorld({ seed: SEED, env: { MIGRATORS: ADMIN }, onDisk: true });
    const { viewId } = await ask(world, 'airflow-dev');
    await world.stop();
    await world.start({ MIGRATORS: SECOND });
    await world.slack.submit(ADMIN, viewId);
    await modalThatSays(world, 'You have read-only access');
    await world.expectNothingStarted();
  });

  test('a question that cannot be asked is explained in a modal, and a question whose modal Slack does not open is a direct message', async () => {
    const world = await startWorld({ seed: SEED });
    await openHome(world, ADMIN);
    const press = (name: string) =>
      world.slack.press(ADMIN, 'home', 'migrate', { value: credential(name).technicalAccountId });
    world.slack.fail('views.open', { error: 'expired_trigger_id' });
    await press('airflow-dev');
    const question = await world.until(/^\*Migrate `airflow-dev`\?/, world.slack.directOf(ADMIN));
    expect(buttonIds(question)).toEqual(['confirm', 'cancel']);
    await world.press(ADMIN, question, 'confirm');
    await press('airflow-dev');
    await modalThatSays(world, 'is already being migrated, confirmed by <@U0ADMIN001>');
    await world.until(MIGRATED, world.slack.directOf(ADMIN));
    expect(world.adobe.starts).toHaveLength(1);
  });

  test('a response from Adobe after the confirmation does not bring the question back', async () => {
    const world = await startWorld({ seed: SEED });
    const { promise: until, resolve: answer } = Promise.withResolvers<void>();
    world.adobe.faults.add({ on: 'schedules', kind: 'held', until, times: 1 });
    const { viewId } = await ask(world, 'airflow-dev');
    await world.slack.submit(ADMIN, viewId);
    await modalThatSays(world, 'was confirmed by');
    answer();
    await world.until(MIGRATED, world.slack.directOf(ADMIN));
    expect(JSON.stringify(world.slack.modalOf(ADMIN)?.view.blocks)).toContain('was confirmed by');
  });
});
