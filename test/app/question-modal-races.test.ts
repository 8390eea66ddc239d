import { describe, expect, test } from 'vitest';
import { seedOrganisation } from '../../playground/adobe/seed.ts';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import { ADMIN, DATA, SECOND } from '../support/people.ts';
import { openHome } from './homes.ts';
import { buttonsOf } from './sent.ts';
import { startWorld } from './setup.ts';
import { MIGRATED, type World } from './world.ts';

const ORGANISATION = seedOrganisation();
/** One credential outside production that a schedule uses. */
const SEED = { ...ORGANISATION, credentials: ORGANISATION.credentials.filter(({ name }) => name === 'airflow-dev') };
const WAIT = { what: 'the modal' };

/** Waits until the admin's modal asks again. */
function asksAgain(world: World) {
  const says = 'Nothing was confirmed: the schedule `New job` has been created or enabled since.';
  const modal = () => world.slack.modalOf(ADMIN);
  return world.slack.waitFor(() => (JSON.stringify(modal()).includes(says) ? modal() : null), WAIT);
}

/** A question in the channel, before and after its edit. `before`: called in between. */
async function editedQuestion(world: World, before: (question: SeenMessage) => Promise<void> = async () => {}) {
  world.clock.advance(60);
  await world.say(ADMIN, 'list');
  const { promise: until, resolve: answer } = Promise.withResolvers<void>();
  world.adobe.faults.add({ on: 'schedules', kind: 'held', until, times: 1 });
  world.adobe.switchFault('schedule-added', true);
  await world.say(ADMIN, 'migrate airflow-dev');
  const question = await world.until(/Migrate `airflow-dev`\?/, DATA, SECOND);
  expect(question.text).not.toContain('New job');
  await before(question);
  answer();
  const edited = await world.until(/New job/, DATA, SECOND);
  expect(edited.ts).toBe(question.ts);
  return { question, edited };
}

/** A question in the Home's modal. `answer`: makes Adobe respond that a schedule depends on the credential. */
async function askInModal(world: World) {
  world.clock.advance(60);
  await openHome(world, ADMIN);
  const { promise: until, resolve: answer } = Promise.withResolvers<void>();
  world.adobe.faults.add({ on: 'schedules', kind: 'held', until, times: 1 });
  world.adobe.switchFault('schedule-added', true);
  await world.slack.press(ADMIN, 'home', 'migrate');
  const { viewId, view } = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), WAIT);
  return { viewId, view, answer };
}

test('a change that comes too late for the modal to show is not confirmed: if it matters, the modal asks again with it', async () => {
  const world = await startWorld({ seed: SEED, refused: ['views.update: hash_conflict'] });
  const { viewId, answer } = await askInModal(world);
  // Slack's look-up of the person who submitted is slow; meanwhile Adobe responds with what depends on the credential.
  world.slack.fail('users.info', { hangMs: 60_000 });
  await world.slack.submit(ADMIN, viewId);
  answer();
  await world.slack.waitFor(() => world.slack.rejected.length > 0, WAIT);
  world.clock.advance(60);
  world.slack.heal();
  await asksAgain(world);
  await world.expectNothingStarted();
  expect((await world.say(ADMIN, 'history')).text).not.toContain('confirmed the migration of');
  await world.slack.submit(ADMIN, viewId);
  await world.until(MIGRATED, world.slack.directOf(ADMIN));
});

test('a change that arrives between the press of Submit and our acknowledgement was not on screen: the modal asks again with it', async () => {
  const world = await startWorld({ seed: SEED });
  const { viewId, view, answer } = await askInModal(world);
  answer();
  await world.slack.waitFor(() => JSON.stringify(world.slack.modalOf(ADMIN)).includes('New job'), WAIT);
  // Slack delivers the modal as it was at the press.
  const pressed = { type: 'view_submission', view: { ...view, state: { values: {} } } };
  await world.slack.forgeInteraction(ADMIN, pressed);
  const { view: again } = await asksAgain(world);
  expect(again.submit?.text).toBe('Migrate');
  await world.expectNothingStarted();
  expect((await world.say(ADMIN, 'history')).text).not.toContain('confirmed the migration of');
  await world.slack.submit(ADMIN, viewId);
  await world.until(MIGRATED, world.slack.directOf(ADMIN));
});

test('a direct message says why nothing was confirmed if the modal cannot show the question again', async () => {
  const world = await startWorld({ seed: SEED, refused: ['views.update: not_found: the view is not open'] });
  const { view, answer } = await askInModal(world);
  answer();
  await world.slack.waitFor(() => JSON.stringify(world.slack.modalOf(ADMIN)).includes('New job'), WAIT);
  const pressed = { type: 'view_submission', view: { ...view, id: 'V0CLOSED', state: { values: {} } } };
  await world.slack.forgeInteraction(ADMIN, pressed);
  await world.until(/Nothing was confirmed: the schedule `New job` has been created/, world.slack.directOf(ADMIN));
  await world.expectNothingStarted();
});

describe('a question in the channel', () => {
  test('is not confirmed with what an edit shows if its button was pressed before the edit arrived', async () => {
    const world = await startWorld({ seed: SEED, env: { REQUIRE_SECOND_PERSON: 'true' } });
    const { question, edited } = await editedQuestion(world);
    const { id: action_id, value } = buttonsOf(question)[0] ?? { id: '', value: '' };
    const block_id = question.blocks.find(({ type }) => type === 'actions')?.block_id;
    const place = { channel: { id: DATA }, message: { ts: question.ts, text: question.text } };
    await world.slack.forgePress(SECOND, { action_id, value, block_id }, place);
    await world.until(
      /Nothing was confirmed: the schedule `New job` has been created/,
      world.slack.directOf(SECOND),
      SECOND,
    );
    await world.expectNothingStarted();
    // The question is edited once more, since the first edit may have been lost; it still names whom it asks.
    const edits = () => world.slack.calls.filter(({ method }) => method === 'chat.update').length > 1;
    await world.slack.waitFor(edits, { what: 'a second edit' });
    const again = world.message(SECOND, DATA, question.ts).text;
    expect(again).toContain(`has to confirm or decline: <@${SECOND}>.`);
    expect(again).toBe(edited.text);
    const closed = await world.press(SECOND, edited, 'confirm');
    expect(closed.text).toContain('was confirmed by <@U0ADMIN002>');
    await world.until(MIGRATED);
  });

  test('asks again in its production modal if that was opened before the edit', async () => {
    const seed = { ...SEED, credentials: SEED.credentials.map((each) => ({ ...each, sandboxes: ['prod'] })) };
    const jobs = { schedules: SEED.schedules.map((each) => ({ ...each, sandbox: 'prod' })) };
    const world = await startWorld({ seed: { ...seed, ...jobs }, env: { REQUIRE_SECOND_PERSON: 'true' } });
    let modal: Awaited<ReturnType<World['openModal']>> | undefined;
    await editedQuestion(world, async (question) => {
      modal = await world.openModal(SECOND, question);
    });
    const viewId = modal?.viewId ?? '';
    await world.slack.submit(SECOND, viewId, { typed_name: { name: 'airflow-dev' } });
    expect(JSON.stringify(world.slack.modalOf(SECOND)?.view.blocks)).toContain('Nothing was confirmed: the schedule');
    await world.expectNothingStarted();
    await world.slack.submit(SECOND, viewId, { typed_name: { name: 'airflow-dev' } });
    await world.until(MIGRATED);
  });
});

test('the outcome of a submitted question is sent by direct message if Slack does not accept it in the modal', async () => {
  const world = await startWorld({ seed: SEED });
  await openHome(world, ADMIN);
  await world.slack.press(ADMIN, 'home', 'migrate');
  const { viewId } = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), WAIT);
  await world.slack.waitFor(() => !JSON.stringify(world.slack.modalOf(ADMIN)).includes('Checking in Adobe'), WAIT);
  world.clock.advance(10 * 60);
  world.slack.fail('views.update', { httpStatus: 503, times: 3 });
  await world.slack.submit(ADMIN, viewId);
  await world.until(/`airflow-dev` expired after 10 minutes\. Nothing was started/, world.slack.directOf(ADMIN));
});

test('a wrong name for a closed question is answered with what became of the question, not that nothing has been started', async () => {
  const seed = { ...SEED, credentials: SEED.credentials.map((each) => ({ ...each, sandboxes: ['prod'] })) };
  const world = await startWorld({ seed });
  const question = await world.say(SECOND, 'migrate airflow-dev');
  await openHome(world, ADMIN);
  await world.slack.press(ADMIN, 'home', 'migrate');
  const { viewId } = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), WAIT);
  const beside = await world.openModal(SECOND, question);
  await world.slack.submit(SECOND, beside.viewId, { typed_name: { name: 'airflow-dev' } });
  await world.until(MIGRATED);
  await world.slack.submit(ADMIN, viewId, { typed_name: { name: 'airflow' } });
  const says = 'is no longer valid: another question about it was confirmed';
  await world.slack.waitFor(() => JSON.stringify(world.slack.modalOf(ADMIN)).includes(says), WAIT);
});

test('a reply after the half hour in which Slack accepts replies to a press is sent by direct message', async () => {
  const seed = { ...SEED, credentials: SEED.credentials.map((each) => ({ ...each, sandboxes: ['prod'] })) };
  const world = await startWorld({
    seed,
    env: { REQUIRE_SECOND_PERSON: 'true' },
    refused: ['response_url: expired_url'],
  });
  await world.say(ADMIN, 'migrate airflow-dev');
  const question = await world.until(/Migrate `airflow-dev`/);
  const { viewId } = await world.openModal(SECOND, question);
  world.clock.advance(61 * 60);
  await world.slack.submit(SECOND, viewId, { typed_name: { name: 'airflow-dev' } });
  await world.until(/`airflow-dev` expired after 1 hour/, world.slack.directOf(SECOND), SECOND);
});

test('a modal closed after, or together with, its submission does not cancel a confirmed migration', async () => {
  const world = await startWorld({ seed: SEED });
  await openHome(world, ADMIN);
  await world.slack.press(ADMIN, 'home', 'migrate');
  const { view } = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), WAIT);
  const forge = (type: string) =>
    world.slack.forgeInteraction(ADMIN, { type, view: { ...view, state: { values: {} } }, is_cleared: false });
  await Promise.all(['view_submission', 'view_closed', 'view_submission', 'view_closed'].map(forge));
  const isDecided = async () => /(confirmed|cancelled) the migration of/.exec((await world.say(ADMIN, 'history')).text);
  let decided = await isDecided();
  for (; decided === null; decided = await isDecided());
  await forge('view_closed');
  await forge('view_submission');
  if (decided[1] === 'confirmed') await world.until(MIGRATED, world.slack.directOf(ADMIN));
  const { text } = await world.say(ADMIN, 'history');
  expect(text.match(/(confirmed|cancelled) the migration of/g)).toHaveLength(1);
  expect(world.adobe.starts).toHaveLength(decided[1] === 'confirmed' ? 1 : 0);
});

test('a modal with the id of another person’s request neither confirms nor cancels that request', async () => {
  const world = await startWorld({ seed: SEED, refused: ['views.update: not_found: the view is not open'] });
  const question = await world.say(SECOND, 'migrate airflow-dev');
  const id = buttonsOf(question)[0]?.value ?? '';
  await openHome(world, ADMIN);
  await world.slack.press(ADMIN, 'home', 'migrate');
  const { view } = await world.slack.waitFor(() => world.slack.modalOf(ADMIN), WAIT);
  const forged = { ...view, id: 'V0FORGED', private_metadata: id, state: { values: {} } };
  await world.slack.forgeInteraction(ADMIN, { type: 'view_closed', view: forged });
  await world.slack.forgeInteraction(ADMIN, { type: 'view_submission', view: forged });
  await world.until(/This question is for <@U0ADMIN002>/, world.slack.directOf(ADMIN));
  await world.expectNothingStarted();
  expect((await world.say(ADMIN, 'history')).text).not.toMatch(/(confirmed|cancelled) the migration of/);
  expect((await world.press(SECOND, question, 'confirm')).text).toContain('was confirmed by <@U0ADMIN002>');
});
