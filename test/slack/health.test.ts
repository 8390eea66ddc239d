import { expect, test } from 'vitest';
import { SCOPES, SlackHealth } from '../../src/slack/health.ts';
import { TestClock } from '../support/clock.ts';
import { SILENT } from '../support/services.ts';
import { serveSlack, webClient } from './setup.ts';

test('a scope that a call lacked is lacking until Slack says that the token has it', async () => {
  const client = webClient(
    await serveSlack({ ok: false, error: 'missing_scope', needed: 'users:read,users:read.email' }),
  );
  const health = new SlackHealth({ clock: new TestClock(), logger: SILENT });
  health.note('users.lookupByEmail', await client.users.list({}).catch((error: unknown) => error));
  health.granted(undefined);
  expect(health.state().detail).toContain('lacks users:read, users:read.email:');
  health.granted(SCOPES.filter((scope) => scope !== 'users:read.email'));
  expect(health.state().detail).toContain('lacks users:read.email:');
  health.granted(SCOPES);
  expect(health.state()).toEqual({ ok: true });
});
