/** The value of `at` for the app's Home; otherwise it is a conversation's id. */
export const HOME = 'home';

/**
 * The URL fragment for a person and a place. With it, two windows can show two people, and reload and Back work.
 * @param {string | undefined} user
 * @param {string} at a conversation's id, or HOME
 * @param {string} [thread] the timestamp of the message whose thread is open
 */
export function address(user, at, thread) {
  return `#${new URLSearchParams({ user: user ?? '', at, ...(thread ? { thread } : {}) })}`;
}

export function here() {
  const where = new URLSearchParams(location.hash.slice(1));
  return { user: where.get('user') ?? '', at: where.get('at') ?? '', thread: where.get('thread') ?? '' };
}

/** The conversation that contains the message at this permalink; undefined for any other address. */
export function conversationAt(/** @type {string} */ href) {
  const { origin, pathname } = URL.parse(href) ?? {};
  return origin === location.origin ? /^\/archives\/(\w+)\/p\d+$/.exec(pathname ?? '')?.[1] : undefined;
}

/** Opens a thread of the current conversation; without `thread`, closes the open one. */
export function showThread(/** @type {string} */ user, /** @type {string} */ at, thread = '') {
  location.hash = address(user, at, thread);
}
