import { describe, expect, test } from 'vitest';
import { recording } from './recording.ts';

describe('known secrets', () => {
  const secret = 'p&ss "w"\\örd/+';

  test.each([
    ['in a text', { a: `x ${secret} y` }],
    ['as a key', { [secret]: 1 }],
    ['deep inside an object', { a: [{ b: { c: secret } }] }],
    ['in a URL', { a: `https://x/?q=${encodeURIComponent(secret)}` }],
    ['in a form', { a: new URLSearchParams({ q: secret }).toString() }],
    ['in JSON within a string', { a: JSON.stringify({ q: secret }) }],
    ['in an error', { err: new Error('outer', { cause: new Error(`inner ${secret}`) }) }],
  ])('a known secret is redacted %s', (_, value) => {
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

  test('a secret of digits is redacted in text but not in numbers, so that the line stays JSON', () => {
    const { logger, last } = recording(['12345']);
    logger.info({ duration: 9_123_456, text: 'x12345x' }, 'done');
    expect(last()).toMatchObject({ duration: 9_123_456, text: 'x[secret]x' });
  });

  test('redaction does not cut an escape sequence in half', () => {
    const { logger, last } = recording(['nabcd']);
    logger.info('line\nabcd and \\nabcd');
    expect(last().msg).toBe('line\nabcd and \\[secret]');
  });

  test('secrets of fewer than four characters are not redacted, since ordinary words contain them', () => {
    const { logger, last } = recording(['abc', '']);
    logger.info('the abc');
    expect(last().msg).toBe('the abc');
  });

  test('a secret that contains another one is redacted as a whole', () => {
    const { logger, last } = recording(['secret', 'secret-and-more']);
    logger.info('got secret-and-more');
    expect(last().msg).toBe('got [secret]');
  });
});

describe('patterns of secrets', () => {
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
    ['{"response_url":"https://x.example/1"}', '{"response_url":"[secret]"}'],
    ['{"id":"m1","responseUrl":"https://x.example/1"}', '{"id":"m1","responseUrl":"[secret]"}'],
  ])('%s is logged as %s', (text, expected) => {
    const { logger, last } = recording();
    logger.info(text);
    expect(last().msg).toBe(expected);
  });

  test('fields with a secret name are redacted', () => {
    const { logger, last } = recording();
    logger.info(
      {
        body: { token: 'a"b', other: 'kept', responseUrl: 'https://x.example/1' },
        headers: { Authorization: 'Basic x' },
      },
      'request',
    );
    expect(last()).toMatchObject({
      body: { token: '[secret]', other: 'kept', responseUrl: '[secret]' },
      headers: { Authorization: '[secret]' },
    });
  });

  test('text that only resembles a secret is not redacted', () => {
    const { logger, last } = recording();
    const text =
      'at src/commands/list.ts:10:5 https://a.example/x?y=1 SLACK_BOT_TOKEN must start with xoxb-: see "tokens"';
    logger.info(text);
    expect(last().msg).toBe(text);
  });
});
