/**
 * What changed, as the playground tells it; see the contracts. One for the whole page: a browser opens six connections
 * to one place at most, and several windows are several people.
 */
export const events = new EventSource('/playground/events');
