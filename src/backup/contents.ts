import type { Contents } from './store.ts';

/** What a database holds, in a few lines. */
export function contentsInWords({ missing, migrations, lastEntry }: Contents): string {
  const counts = migrations.map(({ state, count }) => `${count} ${state.replaceAll('_', ' ')}`).join(', ');
  const until = lastEntry === null ? 'empty' : `up to ${lastEntry.slice(0, 19).replace('T', ' ')} UTC`;
  const schema = missing.length === 0 ? 'of this version' : `of an older version (without ${missing.join(', ')})`;
  return `Migrations: ${counts || 'none'}.\nHistory: ${until}.\nSchema: ${schema}.\n`;
}
