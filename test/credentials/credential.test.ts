import { describe, expect, test } from 'vitest';
import {
  type AdobeStatus,
  bareAccountId,
  type CredentialStatus,
  productionAmong,
  statusOf,
} from '../../src/credentials/credential.ts';

const BARE = '0123456789ABCDEF01234567';

describe('a technical account id', () => {
  test.each([
    ['as Query Service writes it', BARE],
    ['as the Console writes it', `${BARE}@techacct.adobe.com`],
    ['with the suffix in upper case', `${BARE}@TECHACCT.ADOBE.COM`],
    ['in lower case', BARE.toLowerCase()],
    ['with spaces around it', `  ${BARE}@techacct.adobe.com\n`],
    ['with two suffixes', `${BARE}@techacct.adobe.com@techacct.adobe.com`],
  ])('is normalised when written %s', (_, id) => {
    expect(bareAccountId(id)).toBe(BARE);
  });

  test.each(['', '  ', '@', '@techacct.adobe.com'])('is empty for %j', (id) => {
    expect(bareAccountId(id)).toBe('');
  });
});

describe('a sandbox', () => {
  test('is production if its name says so or leaves doubt', () => {
    const production = [
      ...['prod', 'production', 'PROD', 'eu-prod', 'prod2', 'production-01', 'eu_prod_2', 'acme prod'],
      ...['emea-live', 'live', 'acmeprod', 'prd', 'acmeprd-2', 'LIVE'],
      ...['nonprod', 'non-prod', 'preprod', 'pre-prod', 'non-production', 'not_production'],
    ];
    const others = ['', 'dev', 'stage', 'qa', 'test-1', 'sandbox', 'uat'];
    expect(productionAmong([...production, ...others], null)).toEqual(production);
  });

  test('is production exactly where the setting names it, and nowhere else', () => {
    const sandboxes = ['prod', 'emea', 'emea-2', 'Emea', 'dev'];
    expect(productionAmong(sandboxes, ['emea', 'apac'])).toEqual(['emea']);
    expect(productionAmong(sandboxes, [])).toEqual([]);
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

test.each(Object.keys(READ) as AdobeStatus[])(
  'the status %s at Adobe is combined with the app’s own migration',
  (adobe) => {
    const [alone, active, needsAttention] = READ[adobe];
    expect(statusOf(adobe, null)).toBe(alone);
    expect(statusOf(adobe, 'active')).toBe(active);
    expect(statusOf(adobe, 'needs_attention')).toBe(needsAttention);
  },
);
