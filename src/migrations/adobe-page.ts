import type { Shown } from './migration.ts';

/** Where a person presses Migrate: `uiUrl` with the first sandbox filled in. */
export function adobePage(uiUrl: string, { sandboxes }: Pick<Shown, 'sandboxes'>): string {
  return uiUrl.replaceAll('{sandbox}', encodeURIComponent(sandboxes[0] ?? ''));
}
