/** CI repeats more often, and deeper, than a person wants to wait for. */
export const IS_CI = process.env['CI'] !== undefined;
