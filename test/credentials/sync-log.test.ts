import { expect, onTestFinished, test, vi } from 'vitest';
import { startWith } from '../migrations/setup.ts';
import { adobeError, consoleId, problem } from '../support/fakes.ts';

test('a failure is logged when it begins, when its cause changes and when it ends, not at each sync', async () => {
  const now = await startWith([1, 2]);
  const warn = vi.spyOn(now.stores.logger, 'warn');
  const info = vi.spyOn(now.stores.logger, 'info');
  onTestFinished(() => void [warn.mockRestore(), info.mockRestore()]);
  for (const error of [adobeError('token_refused', 400), adobeError('unreachable')]) {
    now.adobe.failing.set('accounts', error);
    for (let i = 0; i < 3; i++) await now.sync.run();
  }
  now.adobe.failing.clear();
  for (let i = 0; i < 2; i++) await now.sync.run();
  const failed = 'sync failed; the last known state stays';
  expect(warn.mock.calls).toEqual([
    [{ problem: problem('token_refused', 400) }, failed],
    [{ problem: problem('unreachable') }, failed],
  ]);
  expect(info.mock.calls.filter(([, message]) => message === 'the sync works again')).toEqual([
    [{ failures: 6 }, 'the sync works again'],
  ]);
});

test('alternating causes are logged once each', async () => {
  const now = await startWith([1, 2]);
  const warn = vi.spyOn(now.stores.logger, 'warn');
  onTestFinished(() => void warn.mockRestore());
  for (let i = 0; i < 3; i++) {
    for (const status of [502, 503]) {
      now.adobe.failing.set('integrations', adobeError('unavailable', status));
      await now.sync.run();
    }
  }
  const failed = warn.mock.calls.filter(([, message]) => message === 'sync failed; the last known state stays');
  expect(failed).toHaveLength(2);
});

test('unreadable items are logged when they change, not at each sync', async () => {
  const now = await startWith([1, 2]);
  now.adobe.failing.set(`status ${consoleId(1)}`, adobeError('not_allowed', 403));
  const warn = vi.spyOn(now.stores.logger, 'warn');
  const info = vi.spyOn(now.stores.logger, 'info');
  onTestFinished(() => void [warn.mockRestore(), info.mockRestore()]);
  const logged = () => [...warn.mock.calls, ...info.mock.calls].flatMap(([what]) => ('unread' in what ? [what] : []));
  for (let i = 0; i < 3; i++) await now.sync.run();
  expect(logged()).toMatchObject([
    { unread: [{ what: 'integration', count: 1, names: [consoleId(1)], problem: problem('not_allowed', 403) }] },
  ]);
  now.adobe.failing.clear();
  for (let i = 0; i < 2; i++) await now.sync.run();
  expect(logged()[1]).toMatchObject({ unread: [] });
  expect(logged()).toHaveLength(2);
});
