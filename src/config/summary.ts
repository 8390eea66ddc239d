import { ENVIRONMENT_NAMES, type EnvironmentName, environmentSchema, LOWER_CASE_TOO } from './schema.ts';

/** A setting as it may be shared: whether it is set, and its value only if that reveals nothing about anyone. */
export interface SettingSummary {
  readonly state: 'set' | 'default' | 'unset' | 'wrong';
  readonly value?: string;
}

/** Enumerations, numbers and schedules: they are validated, so they cannot contain anything else. */
const HARMLESS: ReadonlySet<EnvironmentName> = new Set([
  'PORT',
  'OPERATIONS_PORT',
  'MIGRATION_METHOD',
  'MIGRATION_POLL_SECONDS',
  'MIGRATION_EXPECTED_SECONDS',
  'MIGRATION_TIMEOUT_SECONDS',
  'WATCH_HOURS',
  'REQUIRE_SECOND_PERSON',
  'DRY_RUN',
  'DEADLINE',
  'REMINDER_CRON',
  'REMINDER_DAYS',
  'SYNC_CRON',
  'LOG_LEVEL',
]);

/** Every setting by name. `wrong`: the settings whose value is invalid. */
export function summarizeSettings(
  env: NodeJS.ProcessEnv,
  wrong: ReadonlySet<EnvironmentName>,
): Record<string, SettingSummary> {
  return Object.fromEntries(
    ENVIRONMENT_NAMES.map((name) => {
      const spellings = LOWER_CASE_TOO.has(name) ? [name.toLowerCase(), name] : [name];
      const given = spellings.map((spelling) => env[spelling]?.trim()).find((text) => text);
      return [name, summaryOf(name, given, wrong.has(name))];
    }),
  );
}

function summaryOf(name: EnvironmentName, given: string | undefined, isWrong: boolean): SettingSummary {
  if (isWrong) return { state: 'wrong' };
  if (given !== undefined) return { state: 'set', ...(HARMLESS.has(name) && { value: given }) };
  const fallback = environmentSchema.shape[name].safeParse(undefined);
  return { state: fallback.success && fallback.data !== undefined ? 'default' : 'unset' };
}
