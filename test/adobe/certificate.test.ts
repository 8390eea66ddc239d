import { describe, expect, test } from 'vitest';
import { SIMULATED_CLIENT } from '../../playground/adobe/server.ts';
import { ConsolePaths, DeveloperConsole } from '../../src/adobe/console.ts';
import { failureOf, startAdobe } from './setup.ts';

async function startConsole(onCall: Parameters<typeof startAdobe>[1] = () => undefined) {
  const started = await startAdobe({}, onCall);
  const paths = new ConsolePaths(started.console, SIMULATED_CLIENT.orgId);
  return { ...started, reader: new DeveloperConsole(started.console, paths) };
}

describe('the certificate', () => {
  const END = Date.UTC(2027, 4, 12, 10);
  test.each([
    ['milliseconds', [{ bindingId: '1', notAfter: END }]],
    ['seconds', [{ notAfter: END / 1000 }]],
    ['milliseconds as text', [{ notAfter: String(END) }]],
    ['ISO text', [{ notAfter: '2027-05-12T10:00:00.000Z' }]],
    [
      'the last of several certificates',
      [{ notAfter: END - 1 }, { notAfter: END, more: 1 }, {}, null, { notAfter: null }, 'x'],
    ],
  ])('is read with its last day from %s', async (_, body) => {
    const { adobe, reader } = await startConsole();
    adobe.faults.add({ on: 'bindings', kind: 'status', status: 200, body });
    expect(await reader.certificateUntil('100001')).toEqual(new Date(END));
  });

  test.each([
    ['there is none', 200, []],
    ['the response is something else', 200, { bindings: 1 }],
    ['there is no date', 200, [{ notAfter: 0 }, {}]],
    ['the date is long past', 200, [{ notAfter: -8_640_000_000_000 }]],
    ['the request is refused', 400, undefined],
    ['the app may not read it', 403, undefined],
    ['the token is not accepted', 401, undefined],
    ['the credential is of another type', 404, undefined],
  ])('is unknown if %s', async (_, status, body) => {
    const outcomes: string[] = [];
    const { adobe, reader } = await startConsole(({ outcome }) => {
      outcomes.push(outcome);
    });
    adobe.faults.add({ on: 'bindings', kind: 'status', status, body, times: 3 });
    expect(await reader.certificateUntil('100001')).toBeNull();
    // No outcome that an operator has to act on.
    expect(new Set(outcomes)).toEqual(new Set(['ok']));
  });

  test.each([
    ['text', [{ notAfter: 'soon' }], 0],
    ['in an implausible year', [{ notAfter: END * 1000 }], 0],
    ['text, next to a readable one', [{ notAfter: END }, { notAfter: 'soon' }], 1],
  ])('is reported as unreadable if its date is %s, and fails no call', async (_, body, at) => {
    const { adobe, reader } = await startConsole();
    adobe.faults.add({ on: 'bindings', kind: 'status', status: 200, body });
    expect(await reader.certificateUntil('100001')).toEqual({ unread: `[${at}].notAfter: expected a date` });
  });

  test('of a seeded credential is read as the Console publishes it', async () => {
    const { reader } = await startConsole();
    expect(await reader.certificateUntil('100001')).toEqual(new Date('2027-06-16T18:07:49.581Z'));
    expect(await reader.certificateUntil('90003')).toBeNull();
  });

  test('is temporarily unavailable while Adobe fails', async () => {
    const { adobe, reader } = await startConsole();
    adobe.faults.add({ on: 'bindings', kind: 'status', status: 503, times: 3 });
    expect((await failureOf(reader.certificateUntil('100001'))).kind).toBe('unavailable');
  });
});
