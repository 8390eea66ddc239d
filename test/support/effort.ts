/**
 * CI repeats more often, and deeper, than a person wants to wait for. A process that dies before a call leaves what one
 * leaves that died after the call before it: elsewhere than in CI, only the latter is tried.
 */
export const IS_CI = process.env['CI'] !== undefined;
