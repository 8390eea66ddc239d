import type { Migrator } from '../access/access.ts';
import type { Clock } from '../lib/clock.ts';
import type { Migration, Outcome } from './migration.ts';
import type { MigrationStore } from './ports.ts';

export type WithdrawResult =
  | { readonly kind: 'withdrawn'; readonly migration: Migration }
  /** It is no longer in the queue: its start may have been sent, or it has ended. Nothing was changed. */
  | { readonly kind: 'too_late'; readonly migration: Migration }
  | { readonly kind: 'no_such_migration' };

interface Parts {
  readonly migrations: Pick<MigrationStore, 'get' | 'move'>;
  readonly clock: Clock;
  /** Wakes the loop that works through the queue. */
  readonly wake: () => void;
  /** Metrics hook, called once for each end. */
  readonly ended: (outcome: Outcome) => void;
}

/** Takes confirmed migrations out of the queue, before anything was sent. */
export class Withdrawals {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Once, and never together with a start: the database allows either this transition or the one to `submitted`. */
  async withdraw(person: Migrator, id: string): Promise<WithdrawResult> {
    const { migrations, clock, wake, ended } = this.#parts;
    const at = clock.now();
    const reason = { code: 'withdrawn', by: person.id } as const;
    const note = { at, actor: person.id, detail: { why: reason.code } };
    const moved = await migrations.move(id, 'confirmed', 'failed', { endedAt: at, reason }, note);
    if (moved === null) {
      const migration = await migrations.get(id);
      return migration === null ? { kind: 'no_such_migration' } : { kind: 'too_late', migration };
    }
    ended('failed');
    wake();
    return { kind: 'withdrawn', migration: moved };
  }
}
