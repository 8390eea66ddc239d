import { describe, expect, test } from 'vitest';
import { OPERATIONS } from './operations.ts';
import { judgeRequest, judgeResponse, type Request } from './rules.ts';

const PLATFORM = {
  authorization: 'Bearer x',
  'x-api-key': 'k',
  'x-gw-ims-org-id': 'A1@AdobeOrg',
  'x-sandbox-name': 'prod',
};
const ACCOUNTS: Request = {
  ...{ host: 'platform', method: 'GET', url: '/data/foundation/queryauth/accounts?limit=100' },
  ...{ headers: PLATFORM, body: '' },
};
const CREDENTIAL = '/console/organizations/81234/credentials/oauth-server-to-server/100001';
const STATUS: Request = { ...ACCOUNTS, host: 'console', url: `${CREDENTIAL}/status` };
const BINDING: Request = { ...STATUS, method: 'POST', url: `${CREDENTIAL}/binding` };
const FORM = 'grant_type=client_credentials&client_id=a&client_secret=b&scope=openid,AdobeID';
const QUERIES: Request = {
  ...ACCOUNTS,
  url: '/data/foundation/query/queries?property=userId==a@techacct.adobe.com,created>=2025-01-01T00:00:00Z&orderby=-created',
};
const SCHEDULES: Request = { ...ACCOUNTS, url: '/data/foundation/query/schedules?property=userId==a' };
const TOKEN: Request = {
  ...{ host: 'ims', method: 'POST', url: '/ims/token/v3', body: FORM },
  headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' },
};

describe('a request', () => {
  test.each([
    ['accounts', ACCOUNTS],
    ['status', STATUS],
    ['binding', BINDING],
    ['queries', QUERIES],
    ['schedules', SCHEDULES],
    ['token', TOKEN],
  ])('for %s is allowed as published', (name, request) => {
    const { operation, wrong } = judgeRequest(request);
    expect([operation?.name, wrong]).toEqual([name, []]);
  });

  test.each<[string, Request, string]>([
    ['an unknown path', { ...STATUS, url: '/console/organizations/1/projects' }, 'no such operation is published'],
    ['another host', { ...ACCOUNTS, host: 'console' }, 'no such operation is published'],
    ['another method', { ...ACCOUNTS, method: 'PATCH' }, 'no such operation is published'],
    ['an unknown parameter', { ...ACCOUNTS, url: `${ACCOUNTS.url}&size=3` }, 'query parameter size is "3"'],
    ['a limit of 0', { ...ACCOUNTS, url: ACCOUNTS.url.replace('100', '0') }, 'query parameter limit is "0"'],
    [
      'an order that is not supported',
      { ...QUERIES, url: QUERIES.url.replace('-created', '-state') },
      'query parameter orderby is "-state"',
    ],
    [
      'a filter by a field that cannot be filtered',
      { ...SCHEDULES, url: `${SCHEDULES.url},state==ENABLED` },
      'query parameter property is',
    ],
    [
      'an operator that the field does not allow',
      { ...SCHEDULES, url: SCHEDULES.url.replace('userId==', 'created>=') },
      'query parameter property is',
    ],
    [
      'the IMS id of the organisation',
      { ...STATUS, url: STATUS.url.replace('81234', 'A1@AdobeOrg') },
      'path parameter orgId',
    ],
    [
      'no sandbox',
      { ...ACCOUNTS, headers: { ...PLATFORM, 'x-sandbox-name': undefined } },
      'header x-sandbox-name is miss',
    ],
    ['a bare token', { ...STATUS, headers: { ...PLATFORM, authorization: 'x' } }, 'header authorization is malformed'],
    ['a body', { ...BINDING, body: '{}' }, 'it has a body'],
    [
      'a content type without a body',
      { ...BINDING, headers: { ...PLATFORM, 'content-type': 'text/plain' } },
      'it has no body, but',
    ],
    [
      'JSON for a form',
      { ...TOKEN, headers: { 'content-type': 'application/json' } },
      'the content type is application/json',
    ],
    ['no scope', { ...TOKEN, body: FORM.replace(/&scope.*/, '') }, "body must have required property 'scope'"],
    ['one field too many', { ...TOKEN, body: `${FORM}&jwt=x` }, 'body must NOT have additional properties'],
  ])('with %s is not allowed', (_, request, wrong) => {
    expect(judgeRequest(request).wrong).toEqual([expect.stringContaining(wrong)]);
  });
});

describe('a response', () => {
  const status = OPERATIONS.find(({ name }) => name === 'status');
  const judge = (code: number, body: unknown, type = 'application/json') =>
    status &&
    judgeResponse(status, {
      status: code,
      headers: { 'content-type': `${type}; charset=utf-8` },
      body: body === undefined ? '' : JSON.stringify(body),
    });

  test.each([
    [200, { migrationStatus: 'STARTED' }],
    [404, undefined],
    [403, { error_code: '403003', message: 'Api Key is invalid' }],
    [503, undefined],
  ])('is allowed as published: %i', (code, body) => {
    expect(judge(code, body)).toEqual([]);
  });

  test.each([
    [200, { migrationStatus: 'DONE' }, undefined, '/migrationStatus must be equal'],
    [200, { migrationStatus: 'STARTED', more: 1 }, undefined, 'must NOT have additional properties'],
    [200, undefined, undefined, 'must be object'],
    [200, { migrationStatus: 'STARTED' }, 'text/html', 'the content type text/html'],
    [202, { migrationStatus: 'STARTED' }, undefined, 'the status 202 is not published'],
    [409, undefined, undefined, 'the status 409 is not published'],
    [403, { error: 'no' }, undefined, "must have required property 'error_code'"],
    [403, 'no', 'text/plain', 'the content type text/plain'],
  ])('that differs is not allowed: %i %j %s', (code, body, type, wrong) => {
    expect(judge(code, body, type)?.join()).toContain(wrong);
  });
});
