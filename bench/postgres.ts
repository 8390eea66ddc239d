/** The URL of a server on which databases may be created; null: there is none. */
export const POSTGRES_SERVER = process.env['TEST_POSTGRES_URL'] ?? null;

export const SKIPPED = 'skipped: set TEST_POSTGRES_URL, or run `.ci/postgres npm run bench`';
