import { type Credential, type ProductionSandboxes, productionAmong } from '../credentials/credential.ts';
import type { UnreadItems } from '../credentials/ports.ts';
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
  unread: readonly UnreadItems[],
  settings: SandboxSettings,
): readonly string[] {
  const doubtful = new Set<string>();
  const addAll = (sandboxes: readonly string[]) => {
    for (const sandbox of sandboxes) doubtful.add(sandbox);
  };
  const unreadSandboxes = unread.find(({ what }) => what === 'sandbox');
  if (unreadSandboxes !== undefined) {
    // Of very many, only the first are named: then it may be any.
    const areAllNamed = unreadSandboxes.names.length >= unreadSandboxes.count;
    addAll(areAllNamed ? unreadSandboxes.names : settings.sandboxes);
  }
  // Adobe's id stands for a name that is not known.
  const mayBeAny = credential.name === credential.technicalAccountId;
  for (const { what, accounts } of unread) {
    // An earlier version did not write where.
    if (what === 'account' && accounts === undefined) addAll(settings.sandboxes);
    for (const account of accounts ?? [])
      if (mayBeAny || account.isNameless === true || isNamed(credential, account)) doubtful.add(account.sandbox);
  }
  const others = settings.sandboxes.filter(
    (sandbox) => doubtful.has(sandbox) && !credential.sandboxes.includes(sandbox),
  );
  return productionAmong(others, settings.productionSandboxes);
}
