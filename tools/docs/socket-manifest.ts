import { read } from '../../test/support/sources.ts';

const HEAD = `\
# Slack app manifest for Socket Mode. Create the app with it: api.slack.com/apps › Create New App › From a manifest.
# Nothing in it has to be changed. Then create an app-level token with connections:write for SLACK_APP_TOKEN
# (Basic Information › App-Level Tokens). npm run docs writes this file from manifest.yml.
`;
/** Matches a line with an address, and the comment above it. */
const ADDRESS = /^(?: *#.*\n)?.*YOUR-APP\.example.*\n/gm;

/** The manifest without its addresses, and with Socket Mode on: the same scopes, commands and events. */
export function socketManifest(): string {
  const [, body = ''] = read('manifest.yml').split(/^(?=_metadata:)/m);
  return HEAD + body.replace(ADDRESS, '').replace('socket_mode_enabled: false', 'socket_mode_enabled: true');
}
