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
  const found = new FoundAccounts();
  /** Sandboxes that could not be read completely, so they may have more accounts. */
  const incompleteSandboxes = new Set<string>();
  /** Accounts that could not be read, by sandbox. */
  const unreadAccounts = new Map<string, UnreadItem[]>();
  for (const [i, sandbox] of sandboxes.entries()) {
    const result = results[i];
    if (result === undefined || 'problem' in result) {
      incompleteSandboxes.add(sandbox);
      continue;
    }
    const { unread, cutShort } = result.value;
    const accountItems = unread.filter(({ what }) => what === 'account');
    if (accountItems.length > 0) unreadAccounts.set(sandbox, accountItems);
    calls.unread.push(...unread.map((item) => (item.what === 'account' ? { ...item, sandbox } : item)));
    found.add(sandbox, result.value);
    if (cutShort === undefined) continue;
    calls.noteFailure(attempts, { what: 'sandbox', name: sandbox }, cutShort.problem);
    incompleteSandboxes.add(sandbox);
  }
  const isAnyComplete = sandboxes.some((sandbox) => !incompleteSandboxes.has(sandbox));
  const problem = isAnyComplete ? null : attempts.firstProblem;
  if (attempts.succeeded === 0 && problem !== null) return { found: null, problem };
  // What could not be read this time is not gone.
  const isAllRead = incompleteSandboxes.size + unreadAccounts.size === 0 && !found.hasUnreadParts;
  const knownAccounts = isAllRead ? [] : await store.present();
  const keptBySandbox = new Map<string, ReadonlySet<Account>>();
  for (const sandbox of sandboxes) {
    const missing = knownAccounts.filter(
      (account) => account.sandboxes.includes(sandbox) && !found.isIn(account, sandbox),
    );
    const isIncomplete = incompleteSandboxes.has(sandbox);
    const kept = isIncomplete ? missing : possiblyUnread(missing, unreadAccounts.get(sandbox) ?? []);
    keptBySandbox.set(sandbox, new Set(kept));
  }
  for (const account of knownAccounts)
    found.keep(
      account,
      sandboxes.filter((sandbox) => keptBySandbox.get(sandbox)?.has(account)),
    );
  return { found: found.inOrderOf(sandboxes), problem };
}

/**
 * The known accounts missing from a sandbox's list that may be the unread items: those with the name of one. If an item
 * has no name, or a name that none of them has, it may be any of them, even one that was renamed: an account that still
 * exists must not leave the list.
 */
function possiblyUnread(missing: readonly Account[], items: readonly UnreadItem[]): readonly Account[] {
  const namesakes = items.map((item) => missing.filter((account) => isNamed(account, item)));
  return namesakes.some(({ length }) => length === 0) ? missing : namesakes.flat();
}

interface FoundAccount {
  account: Account;
  readonly sandboxes: Set<string>;
  /** Parts that could be read in none of the sandboxes so far. */
  readonly unreadFields: Set<UnreadPart['field']>;
}

/** Accounts by technical account id. */
class FoundAccounts {
  readonly #accounts = new Map<string, FoundAccount>();

  /** Whether a part of an account could be read in none of its sandboxes. */
  get hasUnreadParts(): boolean {
    return [...this.#accounts.values()].some(({ unreadFields }) => unreadFields.size > 0);
  }

  isIn({ technicalAccountId }: Account, sandbox: string): boolean {
    return this.#accounts.get(technicalAccountId)?.sandboxes.has(sandbox) === true;
  }

  add(sandbox: string, listing: Listing<Account>): void {
    const unreadByAccount = Map.groupBy(listing.unread, ({ of }) => of?.account);
    for (const account of listing.items) {
      const id = bareAccountId(account.technicalAccountId);
      const unreadFields = new Set(unreadByAccount.get(id)?.flatMap(({ of }) => of?.field ?? []));
      const found = this.#accounts.get(id);
      if (found === undefined) {
        this.#accounts.set(id, { account, sandboxes: new Set([sandbox]), unreadFields });
        continue;
      }
      found.sandboxes.add(sandbox);
      for (const field of found.unreadFields) {
        if (unreadFields.has(field)) continue;
        found.account = { ...found.account, [field]: account[field] };
        found.unreadFields.delete(field);
      }
    }
  }

  /**
   * Keeps a known account in these sandboxes, where it may be among what could not be read, and the last known values
   * of its unread parts.
   */
  keep(account: Account, sandboxes: readonly string[]): void {
    const id = account.technicalAccountId;
    const found = this.#accounts.get(id);
    if (found === undefined) {
      if (sandboxes.length > 0)
        this.#accounts.set(id, { account, sandboxes: new Set(sandboxes), unreadFields: new Set() });
      return;
    }
    for (const sandbox of sandboxes) found.sandboxes.add(sandbox);
    for (const field of found.unreadFields)
      found.account = { ...found.account, [field]: account[field] ?? found.account[field] };
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
