import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { SCOPES } from '../../src/slack/health.ts';
import { SLACK_PATH } from '../../src/slack/receiver.ts';

function read(path: string): string {
  return readFileSync(new URL(path, import.meta.url), 'utf8');
}

const source = read('../../manifest.yml');
const manifest = parse(source);

/** Errors according to the schema that Slack publishes. */
function schemaErrors(value: unknown): unknown {
  // Slack's schema has its own keywords, such as `regex`.
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const validate = ajv.compile(JSON.parse(read('../fixtures/slack-manifest.schema.2.0.0.json')));
  validate(value);
  return validate.errors ?? [];
}

describe('manifest.yml', () => {
  test('is valid', () => {
    expect(schemaErrors(manifest)).toEqual([]);
    expect(manifest._metadata.major_version).toBe(2);
  });

  test('requests the fewest scopes, each with its reason in the line above', () => {
    expect(manifest.oauth_config.scopes).toEqual({
      bot: [
        'commands',
        'chat:write',
        'files:write',
        'users:read',
        'users:read.email',
        'usergroups:read',
        'channels:read',
        'groups:read',
      ],
    });
    expect(SCOPES).toEqual(manifest.oauth_config.scopes.bot);
    for (const scope of manifest.oauth_config.scopes.bot) {
      expect(source).toMatch(new RegExp(`# [A-Z].*\\.\\n *- ${scope}\\n`));
    }
  });

  test('sends every request to the path that the bot serves', () => {
    const urls = source.match(/https:\/\/\S+/g) ?? [];
    expect(new Set(urls)).toEqual(new Set([`https://YOUR-APP.example${SLACK_PATH}`]));
  });

  test('declares the command, the Home tab and the messages tab', () => {
    expect(manifest.features.slash_commands).toMatchObject([{ command: '/qs-creds', usage_hint: expect.any(String) }]);
    expect(manifest.features.bot_user.display_name).toBe('qs-creds');
    expect(manifest.features.app_home).toEqual({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: true,
    });
    expect(manifest.settings).toMatchObject({
      event_subscriptions: { bot_events: ['app_home_opened'] },
      org_deploy_enabled: false,
      socket_mode_enabled: false,
      token_rotation_enabled: false,
    });
  });
});

describe('manifest.socket.yml', () => {
  const text = read('../../manifest.socket.yml');
  const socket = parse(text);

  test('is valid', () => {
    expect(schemaErrors(socket)).toEqual([]);
  });

  test('switches Socket Mode on and has no address', () => {
    expect(socket.settings.socket_mode_enabled).toBe(true);
    expect(text).not.toMatch(/https?:|\burl\b|YOUR-APP/);
  });

  test('has the scopes, the command, the events and the tabs of manifest.yml', () => {
    const { slash_commands, ...features } = manifest.features;
    expect(socket.features).toEqual({
      ...features,
      slash_commands: slash_commands.map(({ url, ...command }: { url: string }) => command),
    });
    expect(socket.oauth_config).toEqual(manifest.oauth_config);
    expect(socket.settings.event_subscriptions).toEqual({
      bot_events: manifest.settings.event_subscriptions.bot_events,
    });
    expect(socket.settings.interactivity).toEqual({ is_enabled: true });
  });
});

test('the Procfile starts the bot as npm start does in both modes, without npm, whose banner is not JSON', () => {
  const processes = read('../../Procfile')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const { start } = JSON.parse(read('../../package.json')).scripts;
  expect(start).toMatch(/^exec node /);
  expect(processes).toEqual([`web: ${start}`, `worker: ${start}`]);
});
