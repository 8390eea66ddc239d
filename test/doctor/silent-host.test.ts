import { expect, test } from 'vitest';
import { serve } from '../slack/setup.ts';
import { startClinic } from './setup.ts';

const TIMEOUT = { timeoutMs: 1_000 };

test('the doctor waits once for a Platform that does not respond, and names the checks that it left out', async () => {
  const clinic = await startClinic();
  clinic.adobe.faults.add({ on: 'accounts', kind: 'hang', ms: 60_000 });
  // The same stand-in under another name counts as a separate host.
  const ADOBE_PLATFORM_URL = clinic.adobe.url.replace('127.0.0.1', 'localhost');
  const { code, wrong, checks } = await clinic.examine({ ADOBE_PLATFORM_URL }, TIMEOUT);
  const proxy = 'and HTTPS_PROXY if a proxy leads out; then try again.';
  expect(wrong).toMatchObject([
    {
      id: 'accounts-1',
      detail: 'no response within 1 s',
      fix: `Check ADOBE_PLATFORM_URL, the network, the firewall, ${proxy}`,
    },
  ]);
  expect(code).toBe(1);
  const leftOut = 'not tried: its host gave no response to "Credentials of sandbox prod"';
  expect(checks.filter(({ detail }) => detail === leftOut).map(({ id, ok }) => [id, ok])).toEqual([
    ['accounts-2', null],
    ['accounts-3', null],
    ['migrate-path', null],
  ]);
  // Other hosts are still checked.
  expect(checks).toContainEqual(expect.objectContaining({ id: 'console', ok: true }));
});

test('the doctor waits once for a Slack that does not respond', async () => {
  const clinic = await startClinic();
  const SLACK_API_URL = `${await serve(() => {})}api/`;
  const { wrong, checks } = await clinic.examine({ SLACK_API_URL }, TIMEOUT);
  // The check of the clock has a longer timeout than this test sets.
  const others = wrong.filter(({ id }) => id !== 'clock');
  expect(others).toMatchObject([{ id: 'slack-token', fix: expect.stringMatching(/^Check SLACK_API_URL, /) }]);
  const requests = checks.find(({ id }) => id === 'slack-requests');
  expect(requests).toMatchObject({ ok: null, detail: 'not tried: its host gave no response to "SLACK_BOT_TOKEN"' });
});
