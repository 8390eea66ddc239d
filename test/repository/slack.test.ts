import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { actions } from '../../src/actions/index.ts';
import { subcommands } from '../../src/commands/index.ts';
import { ACTIONS, COMMAND, TYPED_NAME, VIEWS } from '../../src/slack/ids.ts';
import { filesOf, linesWith, read } from '../support/sources.ts';

const SOURCES = filesOf('src').filter((file) => file.endsWith('.ts') && file !== 'src/slack/ids.ts');
const VIEW_FILES = SOURCES.filter((file) => file.startsWith('src/slack/messages/'));
const manifest = parse(read('manifest.yml'));

/** The bot scopes that each Web API method requires (Slack's method reference), including methods that require none. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  // Uses the app-level token, whose scope is not a bot scope.
  'apps.connections.open': [],
  'auth.test': [],
  'chat.postMessage': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.completeUploadExternal': ['files:write'],
  // Without the second, Slack omits the email, which identifies owners.
  'users.info': ['users:read', 'users:read.email'],
  'users.list': ['users:read', 'users:read.email'],
  'users.lookupByEmail': ['users:read.email'],
  'usergroups.users.list': ['usergroups:read'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.open': ['im:write'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};

describe('the ids of actions and views', () => {
  test('are registered once each', () => {
    expect(actions.map(({ id }) => id).sort()).toEqual(Object.values(ACTIONS).sort());
  });

  test.each(Object.keys(ACTIONS))('ACTIONS.%s is used by an element that people see', (key) => {
    expect(linesWith(new RegExp(`\\bACTIONS\\.${key}\\b`), VIEW_FILES)).not.toEqual([]);
  });

  test.each(Object.keys(VIEWS))('VIEWS.%s is one of our modals and is handled', (key) => {
    expect(linesWith(new RegExp(`callback_id: VIEWS\\.${key}\\b`), VIEW_FILES)).not.toEqual([]);
    expect(linesWith(new RegExp(`(app\\.view\\(|registerForm\\(app, )VIEWS\\.${key}\\b`), SOURCES)).not.toEqual([]);
  });

  test('of menus that search have a handler for their options', () => {
    const menus =
      VIEW_FILES.map(read)
        .join('\n')
        .match(/type: 'external_select',\s+action_id: ACTIONS\.\w+/g) ?? [];
    expect(menus.length).toBeGreaterThan(0);
    for (const menu of menus) {
      const id = /ACTIONS\.\w+/.exec(menu)?.[0] ?? '';
      expect(linesWith(new RegExp(`app\\.options\\(${id}\\b`), SOURCES), `no handler for ${id}`).toHaveLength(1);
    }
  });

  test('are written in slack/ids.ts and nowhere else', () => {
    const literal = /\b(action_id|callback_id|block_id)\s*[:=]\s*['"`]|app\.(action|view|options|command)\(\s*['"`/]/;
    expect(linesWith(literal, SOURCES)).toEqual([]);
    const inButtons = VIEW_FILES.filter((file) => /\bbutton\(\s*('[^']*'|`[^`]*`),\s*['"`]/.test(read(file)));
    expect(inButtons).toEqual([]);
    // Words such as 'migrate' are also subcommands and audit actions; these are only ids.
    const ids = [...Object.values(ACTIONS), ...Object.values(VIEWS), TYPED_NAME.block].filter((id) => id.includes('_'));
    expect(linesWith(new RegExp(`['"\`](${ids.join('|')})['"\`]`), SOURCES)).toEqual([]);
  });

  test('are unique', () => {
    const ids = [...Object.values(ACTIONS), ...Object.values(VIEWS)];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the manifest and the code agree', () => {
  test('on the command and what follows it', () => {
    expect(manifest.features.slash_commands).toMatchObject([
      { command: COMMAND, usage_hint: subcommands.map(({ name }) => name).join(' | ') },
    ]);
  });

  test('on the events', () => {
    const listened = linesWith(/app\.event\('/, SOURCES).map((line) => /app\.event\('(\w+)'/.exec(line)?.[1]);
    expect(listened).toEqual(manifest.settings.event_subscriptions.bot_events);
  });

  test('on the scopes: exactly those that the used Web API methods require', () => {
    const text = SOURCES.map(read).join('\n');
    const methods = [...text.matchAll(/\bclient\s*\.((?:\w+\.)+\w+)\(/gi)].map(([, method = '']) => method);
    expect(methods).toContain('chat.postMessage');
    expect(
      methods.filter((method) => SCOPES[method] === undefined),
      'no scope is known for',
    ).toEqual([]);
    const needed = new Set(['commands', ...methods.flatMap((method) => SCOPES[method] ?? [])]);
    expect(manifest.oauth_config.scopes.bot.toSorted()).toEqual([...needed].sort());
  });
});

test('the README names every subcommand', () => {
  const readme = read('README.md');
  const missing = subcommands.filter(({ name }) => !readme.includes(`\`${COMMAND} ${name}`));
  expect(missing.map(({ name }) => name)).toEqual([]);
});
