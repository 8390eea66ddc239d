/**
 * Hosting platforms by a variable that they set, and whether a disk can be mounted that outlives a deployment. Sources:
 * the platforms' own lists of environment variables.
 */
const PLATFORMS: readonly (readonly [variable: string, name: string, mayHaveDisk: boolean])[] = [
  ['DYNO', 'Heroku', false],
  ['K_SERVICE', 'Cloud Run', false],
  ['VCAP_APPLICATION', 'Cloud Foundry', false],
  ['RENDER', 'Render', true],
  ['RAILWAY_ENVIRONMENT_ID', 'Railway', true],
  ['FLY_APP_NAME', 'Fly.io', true],
];

/** The platform that this runs on, if it deletes files; null: no known problem with the disk. */
export function platformOf(env: NodeJS.ProcessEnv): { readonly name: string; readonly mayHaveDisk: boolean } | null {
  const [, name, mayHaveDisk] = PLATFORMS.find(([variable]) => env[variable]) ?? [];
  return name === undefined || mayHaveDisk === undefined ? null : { name, mayHaveDisk };
}

/** What to set if a file here is lost at the next deployment or restart; undefined: no known problem. */
export function lostFileWarning(env: NodeJS.ProcessEnv): string | undefined {
  const platform = platformOf(env);
  if (platform === null) return undefined;
  const { name, mayHaveDisk } = platform;
  const otherwise = mayHaveDisk ? ', or to a file on a mounted disk (then ignore this)' : '';
  return `DATABASE_URL points to a file, and ${name} deletes files at each restart or deployment: history, pauses and served reminders would be lost. Set it to postgres://…${otherwise}.`;
}
