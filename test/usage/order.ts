/** What determines the order of credentials. */
interface Urgency {
  readonly isProduction: boolean;
  readonly failingSince: Date | null;
  readonly nextRunAt: Date | null;
  readonly name: string;
}

/**
 * The order of credentials of one status wherever several are shown or the next one is chosen; `SqlCredentialStore` has
 * it as SQL: what fails in production, what fails elsewhere, production, the rest; each by its next run, then by name.
 */
export function byUrgency(a: Urgency, b: Urgency): number {
  return rankOf(a) - rankOf(b) || time(a) - time(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
}

function rankOf({ isProduction, failingSince }: Urgency): number {
  return (failingSince === null ? 2 : 0) + (isProduction ? 0 : 1);
}

function time({ nextRunAt }: Urgency): number {
  return nextRunAt?.getTime() ?? Number.MAX_SAFE_INTEGER;
}
