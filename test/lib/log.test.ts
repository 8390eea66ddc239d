import { describe, expect, test } from 'vitest';
import { boltLogger, createLogger, newReference } from '../../src/lib/log.ts';

/** A logger whose lines are kept. */
function recording(secrets: readonly string[] = [], level: 'trace' | 'info' = 'trace') {
  const lines: string[] = [];
  const logger = createLogger({ level, secrets, destination: { write: (line) => void lines.push(line) } });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') };
}

describe('lines', () => {
  test('are JSON with ISO time and a level in words', () => {
    const { logger, last } = recording();
    logger.info({ sandbox: 'prod' }, 'synced');
    expect(last()).toMatchObject({ level: 'info', sandbox: 'prod', msg: 'synced' });
    expect(new Date(last().time).toISOString()).toBe(last().time);
  });

  test('below the level are not written', () => {
    const { logger, lines } = recording([], 'info');
    logger.debug('hidden');
    expect(lines).toEqual([]);
  });
});

describe('secrets', () => {
  const secret = 'p&ss "w"\\örd/+';

  test.each([
    ['as they are', { a: `x ${secret} y` }],
    ['as a key', { [secret]: 1 }],
    ['deep inside', { a: [{ b: { c: secret } }] }],
    ['URL-encoded', { a: `https://x/?q=${encodeURIComponent(secret)}` }],
    ['in a form', { a: new URLSearchParams({ q: secret }).toString() }],
    ['in JSON within a string', { a: JSON.stringify({ q: secret }) }],
    ['in an error', { err: new Error('outer', { cause: new Error(`inner ${secret}`) }) }],
  ])('%s are blotted out', (_, value) => {
    const { logger, lines, last } = recording([secret]);
    logger.child({ bound: secret }).error(value, `message ${secret}`);
    expect(lines).toHaveLength(1);
    const texts: string[] = [];
    JSON.parse(lines[0] ?? '', (key, part) => {
      texts.push(key, String(part));
      return part;
    });
    const form = new URLSearchParams({ '': secret }).toString().slice(1);
    for (const shape of [secret, encodeURIComponent(secret), form, JSON.stringify(secret).slice(1, -1)]) {
      expect(texts.join('\n')).not.toContain(shape);
    }
    expect(last()).toMatchObject({ bound: '[secret]', msg: 'message [secret]' });
  });

  test('of digits leave numbers alone, so that the line stays JSON', () => {
    const { logger, last } = recording(['12345']);
    logger.info({ duration: 9_123_456, text: 'x12345x' }, 'done');
    expect(last()).toMatchObject({ duration: 9_123_456, text: 'x[secret]x' });
  });

  test('next to an escape leave it whole', () => {
    const { logger, last } = recording(['nabcd']);
    logger.info('line\nabcd and \\nabcd');
    expect(last().msg).toBe('line\nabcd and \\[secret]');
  });

  test('of fewer than four characters are left: they would blot out words', () => {
    const { logger, last } = recording(['abc', '']);
    logger.info('the abc');
    expect(last().msg).toBe('the abc');
  });

  test('that contain another are blotted out whole', () => {
    const { logger, last } = recording(['secret', 'secret-and-more']);
    logger.info('got secret-and-more');
    expect(last().msg).toBe('got [secret]');
  });
});

describe('what looks like a secret', () => {
  test.each([
    ['sent xoxb-12-34-abCD to Slack', 'sent [secret] to Slack'],
    ['xoxe.xoxp-1-Mi0yLTI', '[secret]'],
    ['xapp-1-A1-2-ff', '[secret]'],
    ['authorization Bearer abc.def-~+/=, then', 'authorization Bearer [secret], then'],
    ['eyJhbGciOi.eyJpZCI6.c2ln_-x end', '[secret] end'],
    ['https://hooks.slack.com/commands/T1/2/x?y', 'https://hooks.slack.com/[secret]'],
    ['http://127.0.0.1:9/commands/T0AB/12/xyz!', 'http://127.0.0.1:9/commands/[secret]'],
    ['postgres://me:hunter2@db/x', 'postgres://me:[secret]@db/x'],
    ['{"token":"gIkuva","x":"y"}', '{"token":"[secret]","x":"y"}'],
    ['{\\"access_token\\": \\"gIkuva\\"}', '{\\"access_token\\": \\"[secret]\\"}'],
    ['grant=x&client_secret=p8e-1&scope=y', 'grant=x&client_secret=[secret]&scope=y'],
  ])('%s', (text, expected) => {
    const { logger, last } = recording();
    logger.info(text);
    expect(last().msg).toBe(expected);
  });

  test('as a field of its own', () => {
    const { logger, last } = recording();
    logger.info({ body: { token: 'a"b', other: 'kept' }, headers: { Authorization: 'Basic x' } }, 'request');
    expect(last()).toMatchObject({
      body: { token: '[secret]', other: 'kept' },
      headers: { Authorization: '[secret]' },
    });
  });

  test('but is none is left', () => {
    const { logger, last } = recording();
    const text =
      'at src/commands/list.ts:10:5 https://a.example/x?y=1 SLACK_BOT_TOKEN must start with xoxb-: see "tokens"';
    logger.info(text);
    expect(last().msg).toBe(text);
  });
});

describe('errors', () => {
  test('keep type, message, stack, code and causes, and nothing else', () => {
    const { logger, last } = recording();
    const cause = Object.assign(new TypeError('inner'), {
      code: 'ECONNREFUSED',
      config: { headers: { a: 'b' } },
    });
    const error = Object.assign(new Error('outer', { cause }), { data: 'x', code: 'has spaces in it' });
    logger.error(error, 'failed');
    expect(last().msg).toBe('failed');
    expect(last().err).toEqual({
      type: 'Error',
      message: 'outer',
      stack: error.stack,
      cause: { type: 'TypeError', message: 'inner', stack: cause.stack, code: 'ECONNREFUSED' },
    });
  });

  test('that cause themselves end', () => {
    const { logger, lines } = recording();
    const error = new Error('loop');
    error.cause = error;
    logger.error({ err: error }, 'failed');
    expect(lines[0]?.match(/"message":"loop"/g)).toHaveLength(6);
  });

  test('that are none show nothing of an object', () => {
    const { logger, last } = recording();
    logger.error({ err: { headers: 'x' } }, 'thrown');
    expect(last().err).toEqual({ type: 'object', message: 'not an Error' });
  });
});

test('references are eight unambiguous characters, each time others', () => {
  const references = Array.from({ length: 500 }, newReference);
  for (const reference of references) expect(reference).toMatch(/^[A-HJKMNP-Z2-9]{8}$/);
  expect(new Set(references).size).toBe(500);
});

describe('Bolt', () => {
  test.each([
    ['debug', 'trace'],
    ['info', 'debug'],
    ['warn', 'warn'],
    ['error', 'error'],
  ] as const)('%s becomes %s', (method, level) => {
    const { logger, last } = recording();
    boltLogger(logger)[method]('message', { a: 1 }, 7);
    expect(last()).toMatchObject({ level, msg: 'message {"a":1} 7', component: 'bolt' });
  });

  test('errors are serialised, further ones and circular objects described', () => {
    const { logger, last } = recording();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    boltLogger(logger).error(new RangeError('first'), new Error('second'), circular);
    expect(last()).toMatchObject({ err: { type: 'RangeError', message: 'first' } });
    expect(last().msg).toMatch(/^Error: second .*Circular/);
    boltLogger(logger).error(new RangeError('alone'));
    expect(last().msg).toBe('alone');
  });

  test.each([
    ['trace', 'debug'],
    ['debug', 'info'],
    ['info', 'warn'],
    ['warn', 'warn'],
    ['error', 'error'],
    ['silent', 'error'],
  ] as const)('level %s is told as %s', (level, expected) => {
    const bolt = boltLogger(createLogger({ level, secrets: [] }));
    expect(bolt.getLevel()).toBe(expected);
  });
});
