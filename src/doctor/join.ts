import { AdobeError } from '../credentials/adobe-error.ts';
import type { ConsoleReader } from '../credentials/adobe-reader.ts';
import { inParallel } from '../lib/parallel.ts';
import { count } from '../slack/messages/formatting.ts';
import { bad, good, type Outcome, open } from './outcome.ts';
import { outsideText } from './plain-text.ts';

/** Integration id → bare technical account id; null for an integration without one. */
export type KnownIntegrations = ReadonlyMap<string, string | null>;

const AT_ONCE = 5;
/** Long enough for some hundred integrations. Milliseconds. */
const READ_FOR_MS = 8_000;
const NAMES_SHOWN = 5;

interface Parts {
  /** Query Service's credentials: technical account id → name. */
  readonly accounts: ReadonlyMap<string, string>;
  /** How many of them are in several sandboxes: the counts by sandbox contain each of these more than once. */
  readonly inSeveral: number;
  /** Every integration that the Console lists. */
  readonly ids: readonly string[];
  readonly known: KnownIntegrations;
  readonly console: Pick<ConsoleReader, 'technicalAccountIdOf'>;
}

/** How many of Query Service's credentials are in the Developer Console, the only source of their status. */
export async function joinOutcome({ accounts, inSeveral, ids, known, console }: Parts): Promise<Outcome> {
  if (accounts.size === 0) return open('there is no credential to look for');
  const left = new Map(accounts);
  const unknown: string[] = [];
  for (const id of ids) {
    const account = known.get(id);
    if (account === undefined) unknown.push(id);
    else if (account !== null) left.delete(account);
  }
  const until = performance.now() + READ_FOR_MS;
  let unread = 0;
  await inParallel(unknown, AT_ONCE, async (id) => {
    if (left.size === 0) return;
    if (performance.now() >= until) {
      unread += 1;
      return;
    }
    try {
      left.delete((await console.technicalAccountIdOf(id)) ?? '');
    } catch (error) {
      if (!(error instanceof AdobeError)) throw error;
      unread += 1;
    }
  });
  const all = `${count(accounts.size, 'credential')} of Query Service`;
  const words = inSeveral === 0 ? all : `${all} (${inSeveral} in several sandboxes)`;
  return outcomeOf(accounts.size, words, [...left.values()], unread);
}

/** `all`: the total, in words. */
function outcomeOf(total: number, all: string, left: readonly string[], unread: number): Outcome {
  const joined = total - left.length;
  const facts = { credentials: total, joined, unread };
  const because = unread === 0 ? '' : `; ${count(unread, 'integration')} could not be read in time`;
  if (left.length === 0) return good(`all ${all} ${total === 1 ? 'is' : 'are'} in the Developer Console`, facts);
  const names = left.slice(0, NAMES_SHOWN).map(outsideText).join(', ');
  const more = left.length > NAMES_SHOWN ? ' and others' : '';
  if (joined > 0) {
    const others = `the rest are Unknown and cannot be migrated: ${names}${more}`;
    return good(
      `${joined} of ${all} ${joined === 1 ? 'is' : 'are'} in the Developer Console; ${others}${because}`,
      facts,
    );
  }
  if (unread > 0) return open(`none of ${total} found yet${because}`, facts);
  const fix =
    'Check that ADOBE_ORG_ID and the app’s credential belong to the organisation whose credentials these are, and that the app’s credential may see the integrations of others.';
  return bad(`none of ${all} is in the Developer Console, so none can be migrated`, fix, facts);
}
