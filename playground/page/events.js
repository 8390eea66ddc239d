/**
 * The playground's change events; see the contracts. Shared by the whole page: browsers open at most six connections to
 * one host, and each window is another person.
 */
export const events = new EventSource('/playground/events');
