import { type Credential, type ProductionSandboxes, productionAmong } from '../credentials/credential.ts';
import type { Unread } from '../credentials/ports.ts';
import { isNamed } from '../credentials/unread-account.ts';

export interface SandboxSettings {
  readonly sandboxes: readonly string[];
  readonly productionSandboxes: ProductionSandboxes;
}

/**
 * Production in which a credential may be besides where it was found: a sandbox that could not be read, or an account there
 * that may be this one. Doubt asks for the typed name.
 */
export function unreadProduction(
  credential: Pick<Credential, 'technicalAccountId' | 'name' | 'sandboxes'>,
  unread: readonly Unread[],
  { sandboxes: all, productionSandboxes }: SandboxSettings,
): readonly string[] {
  const doubtful = new Set<string>();
  const sandboxes = unread.find(({ what }) => what === 'sandbox');
  // Of very many, only the first are named: then it may be any.
  if (sandboxes !== undefined)
    for (const name of sandboxes.names.length < sandboxes.count ? all : sandboxes.names) doubtful.add(name);
  // Adobe's id stands for a name that is not known.
  const mayBeAny = credential.name === credential.technicalAccountId;
  for (const { what, accounts } of unread) {
    // An earlier version did not write where.
    if (what === 'account' && accounts === undefined) for (const name of all) doubtful.add(name);
    for (const account of accounts ?? [])
      if (mayBeAny || account.isNameless === true || isNamed(credential, account)) doubtful.add(account.sandbox);
  }
  const others = all.filter((sandbox) => doubtful.has(sandbox) && !credential.sandboxes.includes(sandbox));
  return productionAmong(others, productionSandboxes);
}
