/** The place in the address that is the app's Home, where others have a conversation's id. */
export const HOME = 'home';

/**
 * Who and what is shown stands in the address: two windows can be two people, and reload and back work.
 * @param {string | undefined} user
 * @param {string} at a conversation's id, or HOME
 * @param {string} [thread] the timestamp of the message whose thread is open
 */
export function address(user, at, thread) {
  return `#${new URLSearchParams({ user: user ?? '', at, ...(thread ? { thread } : {}) })}`;
}

export function here() {
  const where = new URLSearchParams(location.hash.slice(1));
  return {
    user: where.get('user') ?? '',
    at: where.get('at') ?? '',
    thread: where.get('thread') ?? '',
  };
}

/** Opens the thread of a message of the conversation that is shown; without one, closes what is open. */
export function showThread(/** @type {string} */ user, /** @type {string} */ at, thread = '') {
  location.hash = address(user, at, thread);
}
