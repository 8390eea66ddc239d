import type { AdobeProblem } from './adobe-error.ts';
import type { Account, AccountReader, Listing, UnreadItem, UnreadPart } from './adobe-reader.ts';
import { bareAccountId } from './credential.ts';
import type { AccountInSandboxes, SyncStore } from './ports.ts';
import { Attempts, type SyncCalls } from './sync-calls.ts';
import { isNamed } from './unread-account.ts';

interface Parts {
  readonly accounts: AccountReader;
  readonly store: Pick<SyncStore, 'present'>;
  readonly calls: SyncCalls;
}

/** Every account with its sandboxes, null if nothing could be read, and why no sandbox could be read completely. */
export async function readSandboxes(
  { accounts, store, calls }: Parts,
  sandboxes: readonly string[],
): Promise<{ readonly found: AccountInSandboxes[] | null; readonly problem: AdobeProblem | null }> {
  const attempts = new Attempts();
  const results = await Promise.all(
    sandboxes.map((name) => calls.try(attempts, { what: 'sandbox', name }, () => accounts.readAccounts(name))),
  );
  const found = new Found();
  /** Sandboxes that could not be read completely, so they may have more accounts. */
  const unread = new Set<string>();
  let wasOneWhole = false;
  /** Accounts that could not be read, by sandbox. */
  const unreadAccounts = new Map<string, UnreadItem[]>();
  for (const [i, sandbox] of sandboxes.entries()) {
    const result = results[i];
    if (result === undefined || 'problem' in result) {
      unread.add(sandbox);
      continue;
    }
    const items = result.value.unread.filter(({ what }) => what === 'account');
    if (items.length > 0) unreadAccounts.set(sandbox, items);
    calls.unread.push(...result.value.unread.map((item) => (item.what === 'account' ? { ...item, sandbox } : item)));
    found.add(sandbox, result.value);
    const { cutShort } = result.value;
    if (cutShort === undefined) wasOneWhole = true;
    else {
      calls.noteFailure(attempts, { what: 'sandbox', name: sandbox }, cutShort.problem);
      unread.add(sandbox);
    }
  }
  const problem = wasOneWhole ? null : attempts.firstProblem;
  if (attempts.succeeded === 0 && problem !== null) return { found: null, problem };
  // What could not be read this time is not gone.
  const isAllRead = unread.size + unreadAccounts.size === 0 && !found.hasUnreadParts;
  const before = isAllRead ? [] : await store.present();
  const unreadAs = new Map(
    sandboxes.map((sandbox) => {
      const missing = before.filter((account) => account.sandboxes.includes(sandbox) && !found.isIn(account, sandbox));
      const left = unread.has(sandbox) ? missing : whoMayBe(unreadAccounts.get(sandbox) ?? [], missing);
      return [sandbox, new Set(left)];
    }),
  );
  for (const account of before)
    found.keep(
      account,
      sandboxes.filter((sandbox) => unreadAs.get(sandbox)?.has(account)),
    );
  return { found: found.inOrderOf(sandboxes), problem };
}

/**
 * The known accounts missing from a sandbox's list that may be the unread items: those with the name of one. If an item
 * has no name, or a name that none of them has, it may be any of them, even one that was renamed: an account that still
 * exists must not leave the list.
 */
function whoMayBe(items: readonly UnreadItem[], missing: readonly Account[]): readonly Account[] {
  const named = items.map((item) => missing.filter((account) => isNamed(account, item)));
  return named.some(({ length }) => length === 0) ? missing : named.flat();
}

/** Accounts by technical account id. */
class Found {
  readonly #accounts = new Map<
    string,
    { account: Account; sandboxes: Set<string>; unread: Set<UnreadPart['field']> }
  >();

  /** Whether a part of an account could be read in none of its sandboxes. */
  get hasUnreadParts(): boolean {
    return [...this.#accounts.values()].some(({ unread }) => unread.size > 0);
  }

  isIn({ technicalAccountId }: Account, sandbox: string): boolean {
    return this.#accounts.get(technicalAccountId)?.sandboxes.has(sandbox) === true;
  }

  add(sandbox: string, listing: Listing<Account>): void {
    const parts = Map.groupBy(listing.unread, ({ of }) => of?.account);
    for (const account of listing.items) {
      const id = bareAccountId(account.technicalAccountId);
      const unread = new Set(parts.get(id)?.flatMap(({ of }) => of?.field ?? []));
      const seen = this.#accounts.get(id);
      if (seen === undefined) this.#accounts.set(id, { account, sandboxes: new Set([sandbox]), unread });
      else {
        seen.sandboxes.add(sandbox);
        for (const field of seen.unread) {
          if (unread.has(field)) continue;
          seen.account = { ...seen.account, [field]: account[field] };
          seen.unread.delete(field);
        }
      }
    }
  }

  /**
   * Keeps a known account in these sandboxes, where it may be among what could not be read, and the last known values
   * of its unread parts.
   */
  keep(account: Account, sandboxes: readonly string[]): void {
    const seen = this.#accounts.get(account.technicalAccountId);
    if (seen === undefined) {
      if (sandboxes.length === 0) return;
      this.#accounts.set(account.technicalAccountId, { account, sandboxes: new Set(sandboxes), unread: new Set() });
      return;
    }
    for (const sandbox of sandboxes) seen.sandboxes.add(sandbox);
    for (const field of seen.unread) seen.account = { ...seen.account, [field]: account[field] ?? seen.account[field] };
  }

  inOrderOf(all: readonly string[]): AccountInSandboxes[] {
    return [...this.#accounts].map(([technicalAccountId, { account, sandboxes }]) => ({
      technicalAccountId,
      name: account.name,
      description: account.description,
      owner: account.owner,
      changedAt: account.changedAt,
      sandboxes: all.filter((sandbox) => sandboxes.has(sandbox)),
    }));
  }
}
