import { expect, test } from 'vitest';
import { hintsOf, SCENES } from '../../playground/scenes.ts';

test('the suggestions of a scene name only credentials that can be migrated there', () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    const seed = scene.seed();
    const named = hintsOf(scene, seed).flatMap((hint) => /^\/qs-creds migrate (\S+)/.exec(hint)?.[1] ?? []);
    expect(named, name).not.toEqual([]);
    for (const each of named)
      expect(seed.credentials.find((credential) => credential.name === each)?.state, `${name}: ${each}`).toBe(
        'NOT_STARTED',
      );
  }
});

test('the suggestions name each command once, and suggest no kill if the bot starts nothing', () => {
  for (const [name, scene] of Object.entries(SCENES)) {
    const hints = hintsOf(scene, scene.seed());
    const commands = hints.filter((hint) => hint.startsWith('/')).map((hint) => hint.split(' — ')[0]);
    expect(new Set(commands).size, name).toBe(commands.length);
  }
  const killing = ([, scene]: [string, (typeof SCENES)[keyof typeof SCENES]]) =>
    hintsOf(scene, scene.seed()).some((hint) => hint.includes('kill the bot'));
  const scenes = Object.entries(SCENES).filter(killing);
  expect(scenes.map(([name]) => name)).not.toContain('dry-run');
  expect(scenes.map(([name]) => name)).toContain('first-day');
});

test('a scene without a credential outside production suggests none', () => {
  const hints = hintsOf(SCENES.overdue, SCENES.overdue.seed());
  expect(hints.filter((hint) => hint.startsWith('/qs-creds migrate '))).toEqual([
    '/qs-creds migrate bi-nightly — production: asks for the typed name',
  ]);
  expect(hintsOf(SCENES['first-day'], SCENES['first-day'].seed())).toContain('/qs-creds migrate airflow-dev');
});
