import type { AdobeProblem } from './adobe-error.ts';
import { type Account, type AccountReader, type Listing, NAMELESS } from './adobe-reader.ts';
import { bareAccountId } from './credential.ts';
import type { AccountInSandboxes, SyncStore } from './ports.ts';
import { Attempts, type SyncCalls } from './sync-calls.ts';

interface Parts {
  readonly accounts: AccountReader;
  readonly store: Pick<SyncStore, 'present'>;
  readonly calls: SyncCalls;
}

/** Every account with its sandboxes, null where nothing could be read; and why no sandbox could be read to its end. */
export async function readSandboxes(
  { accounts, store, calls }: Parts,
  sandboxes: readonly string[],
): Promise<{ readonly found: AccountInSandboxes[] | null; readonly problem: AdobeProblem | null }> {
  const attempts = new Attempts();
  const results = await Promise.all(
    sandboxes.map((name) => calls.try(attempts, { what: 'sandbox', name }, () => accounts.readAccounts(name))),
  );
  const found = new Found();
  /** Sandboxes of which there may be more. */
  const unread = new Set<string>();
  let wasOneWhole = false;
  /** Of accounts that could not be read, as `sandbox name`. */
  const unreadAccounts = new Set<string>();
  for (const [i, sandbox] of sandboxes.entries()) {
    const result = results[i];
    if (result === undefined || 'problem' in result) {
      unread.add(sandbox);
      continue;
    }
    for (const item of result.value.unread) unreadAccounts.add(`${sandbox} ${item.name}`);
    calls.unread.push(...result.value.unread);
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
  const before = unread.size + unreadAccounts.size === 0 ? [] : await store.present();
  for (const account of before) {
    const isUnread = (sandbox: string) =>
      unread.has(sandbox) || [account.name, NAMELESS].some((name) => unreadAccounts.has(`${sandbox} ${name}`));
    found.keep(
      account,
      account.sandboxes.filter((sandbox) => sandboxes.includes(sandbox) && isUnread(sandbox)),
    );
  }
  return { found: found.inOrderOf(sandboxes), problem };
}

/** Accounts by technical account id. */
class Found {
  readonly #accounts = new Map<string, { account: Account; sandboxes: Set<string> }>();

  add(sandbox: string, { items }: Listing<Account>): void {
    for (const account of items) {
      const id = bareAccountId(account.technicalAccountId);
      const seen = this.#accounts.get(id);
      if (seen === undefined) this.#accounts.set(id, { account, sandboxes: new Set([sandbox]) });
      else seen.sandboxes.add(sandbox);
    }
  }

  /** An account that was there before, in these sandboxes of which nothing is known now. */
  keep(account: Account, sandboxes: readonly string[]): void {
    const seen = this.#accounts.get(account.technicalAccountId);
    if (seen !== undefined) for (const sandbox of sandboxes) seen.sandboxes.add(sandbox);
    else if (sandboxes.length > 0)
      this.#accounts.set(account.technicalAccountId, { account, sandboxes: new Set(sandboxes) });
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
