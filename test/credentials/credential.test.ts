import { describe, expect, test } from 'vitest';
import {
  type AdobeStatus,
  bareAccountId,
  type CredentialStatus,
  isProduction,
  statusOf,
  touchesProduction,
} from '../../src/credentials/credential.ts';

const BARE = '0123456789ABCDEF01234567';

describe('a technical account id', () => {
  test.each([
    ['as Query Service writes it', BARE],
    ['as the Console writes it', `${BARE}@techacct.adobe.com`],
    ['with the suffix in upper case', `${BARE}@TECHACCT.ADOBE.COM`],
    ['in lower case', BARE.toLowerCase()],
    ['with spaces around', `  ${BARE}@techacct.adobe.com\n`],
    ['with two suffixes', `${BARE}@techacct.adobe.com@techacct.adobe.com`],
  ])('is normalised %s', (_, id) => {
    expect(bareAccountId(id)).toBe(BARE);
  });

  test.each(['', '  ', '@', '@techacct.adobe.com'])('is empty for %j', (id) => {
    expect(bareAccountId(id)).toBe('');
  });
});

describe('a sandbox', () => {
  const PRODUCTION = [
    'prod',
    'production',
    'PROD',
    'Production',
    'eu-prod',
    'prod2',
    'production-01',
    'prod-eu',
    'eu_prod_2',
    'eu.production',
    'acme prod',
    'a--prod',
    'pre-sales-prod',
    'non-prod-prod',
    'prod-non',
  ];
  const OTHERS = [
    '',
    'dev',
    'stage',
    'nonprod',
    'non-prod',
    'NON-PROD',
    'not_production',
    'no-prod',
    'preprod',
    'pre-prod',
    'pre--prod',
    'eu-pre-production',
    'reproduction',
    'product',
    'products-eu',
    'produce',
  ];

  test('is recognised as a production sandbox by its name', () => {
    expect(PRODUCTION.filter((name) => !isProduction(name))).toEqual([]);
    expect(OTHERS.filter(isProduction)).toEqual([]);
  });

  test('for production makes the credential a production credential', () => {
    expect(touchesProduction({ sandboxes: ['dev', 'eu-prod'] })).toBe(true);
    expect(touchesProduction({ sandboxes: ['dev', 'non-prod'] })).toBe(false);
    expect(touchesProduction({ sandboxes: [] })).toBe(false);
  });
});

/** For each status at Adobe: what is shown without our migration, with an active one, with one that needs attention. */
const READ = {
  not_started: ['eligible', 'migrating', 'needs_attention'],
  started: ['unfinished', 'migrating', 'needs_attention'],
  completed: ['migrated', 'migrating', 'migrated'],
  none: ['not_eligible', 'migrating', 'needs_attention'],
  unknown: ['unknown', 'migrating', 'needs_attention'],
} as const satisfies Record<AdobeStatus, readonly [CredentialStatus, CredentialStatus, CredentialStatus]>;

test.each(Object.keys(READ) as AdobeStatus[])('the status %s at Adobe is combined with our own migration', (adobe) => {
  const [alone, active, needsAttention] = READ[adobe];
  expect(statusOf(adobe, null)).toBe(alone);
  expect(statusOf(adobe, 'active')).toBe(active);
  expect(statusOf(adobe, 'needs_attention')).toBe(needsAttention);
});
