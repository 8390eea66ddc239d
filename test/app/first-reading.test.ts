import { describe, expect, test } from 'vitest';
import { ADMIN, MEMBER } from '../support/people.ts';
import { credential, seedOf, startWorld } from './setup.ts';

const SEED = seedOf(...Array.from({ length: 60 }, (_, i) => credential(`job-${i}`)));

describe('while Adobe is read for the first time', () => {
  test('status, Home, /readyz and a search say how many credentials have been read, and nothing looks complete', async () => {
    const gate = Promise.withResolvers<void>();
    const world = await startWorld({
      seed: SEED,
      synced: false,
      before({ adobe, slack }) {
        adobe.faults.add({ on: 'status', kind: 'held', until: gate.promise, times: 60 });
        // Makes waits check their condition again.
        adobe.onChange(() => slack.state.changed());
      },
    });
    const held = () => world.adobe.calls.filter(({ path, status }) => path.endsWith('/status') && status === null);
    await world.slack.waitFor(() => held().length === 5, { what: 'five held calls' });

    const progress = 'Reading Adobe for the first time: 0 of about 60 credentials';
    expect((await world.say(MEMBER, 'status')).text).toContain(progress);
    for (const text of ['status job-7', 'migrate job-7', 'migrate'])
      expect((await world.say(ADMIN, text)).text).toContain(`${progress}. Not every credential is known yet`);
    await world.slack.openHome(ADMIN);
    await world.slack.waitFor(() => JSON.stringify(world.slack.homeOf(ADMIN) ?? null).includes(progress), {
      what: 'the Home',
    });
    expect(JSON.stringify(world.slack.homeOf(ADMIN))).not.toContain('No credential');
    expect(await world.ready()).toMatchObject({
      status: 200,
      body: { checks: { sync: { ok: true, detail: expect.stringContaining('0 of about 60 credentials') } } },
    });

    gate.resolve();
    await world.logged('sync done');
    const { text } = await world.say(ADMIN, 'list');
    expect(text).toContain('60 of 60 credentials left');
    expect(text).not.toContain('Reading Adobe');
  });
});

describe('the last day of a certificate', () => {
  test('is shown in the status of a credential and in the question until the credential is migrated', async () => {
    const old = credential('old-one', { created: new Date('2019-01-02T03:04:05Z') });
    const world = await startWorld({ seed: seedOf(old, credential('new-one')) });
    expect((await world.say(ADMIN, 'status new-one')).text).toMatch(/Certificate valid until 2 January 203[01]/);
    const question = await world.say(ADMIN, 'migrate old-one');
    expect(question.text).toMatch(/Certificate (expired on|valid until) 2 January 202[45]/);
    await world.press(ADMIN, question, 'confirm');
    await world.until(/^✅ \*Migrated\*/);
    expect((await world.say(ADMIN, 'status old-one')).text).not.toContain('ertificate');
  });

  test('is not shown, and no problem is reported, if the Console does not give it', async () => {
    const world = await startWorld({
      seed: seedOf(credential('airflow-dev')),
      synced: false,
      before: ({ adobe }) => adobe.switchFault('certificates-refused', true),
    });
    await world.logged('sync done');
    const list = await world.say(ADMIN, 'list');
    expect(list.text).not.toMatch(/could not be read|failed/);
    expect((await world.say(ADMIN, 'migrate airflow-dev')).text).not.toContain('ertificate');
    expect(await world.ready()).toMatchObject({ body: { checks: { adobe: { ok: true }, sync: { ok: true } } } });
    expect(JSON.stringify(await world.ready())).not.toContain('detail');
    await world.press(ADMIN, list, 'list_refresh');
    expect(world.adobe.calls.filter(({ path }) => path.endsWith('/bindings'))).toHaveLength(1);
  });
});
