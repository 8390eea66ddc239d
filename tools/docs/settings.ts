import { z } from 'zod';
import { ENVIRONMENT_NAMES, type EnvironmentName, environmentSchema } from '../../src/config/schema.ts';

/** The title of each part of the list, by the setting with which the part begins. */
const PARTS: Partial<Record<string, string>> = {
  SLACK_BOT_TOKEN: 'Slack: api.slack.com/apps › your app (create it from manifest.socket.yml or manifest.yml)',
  ADOBE_CLIENT_ID: 'Adobe: developer.adobe.com/console › your project › OAuth Server-to-Server',
  MIGRATION_METHOD: 'Migrating',
  DATABASE_URL: 'State',
  DEADLINE: 'Reminders',
  SYNC_CRON: 'Operation',
} satisfies Partial<Record<EnvironmentName, string>>;

const HEAD = `\
# Settings of qs-creds. Copy this file to .env, which \`npm start\` reads. Fill in what is required, SLACK_APP_TOKEN
# (Socket Mode) or SLACK_SIGNING_SECRET (HTTP mode), and all sandboxes in ADOBE_SANDBOXES.
# Filled values are the defaults. An empty value counts as not set. An environment variable overrides this file.
# Values may contain spaces. Put one with a # into quotation marks: without them, Node cuts it off there, silently.
# \`npm run docs\` writes this file from src/config/schema.ts.
`;
const WIDTH = 120;

interface Setting {
  readonly name: string;
  /** The title of the part that begins with this setting; null: no part begins here. */
  readonly part: string | null;
  readonly description: string;
  /** The default; empty: there is none. */
  readonly initial: string;
  readonly example: string | null;
  readonly isRequired: boolean;
}

const schemaOfSetting = z.object({
  description: z.string('has no description in src/config/schema.ts'),
  default: z.string().default(''),
});
const examplesOfSetting = z.object({ examples: z.tuple([z.string()]).optional() }).optional();

/** Every setting in the order of the schema. @throws {z.ZodError} naming the setting that has no description */
function settings(): Setting[] {
  const { properties = {}, required = [] } = z.toJSONSchema(environmentSchema, { io: 'input', unrepresentable: 'any' });
  const parsed = z.record(z.string(), schemaOfSetting).parse(properties);
  return ENVIRONMENT_NAMES.map((name) => {
    const { description, default: initial } = parsed[name] ?? schemaOfSetting.parse({});
    // Read from the schema itself: toJSONSchema omits the examples of transformed settings.
    const examples = examplesOfSetting.parse(environmentSchema.shape[name].meta())?.examples;
    return {
      name,
      part: PARTS[name] ?? null,
      description,
      initial,
      example: examples?.[0] ?? null,
      isRequired: required.includes(name),
    };
  });
}

/** The README's table. */
export function settingsTable(): string {
  const code = (text: string) => `\`${text}\``;
  const rows = settings().flatMap(({ name, part, description, initial, example, isRequired }) => [
    ...(part === null ? [] : [`| **${part.replace(/:.*/, '')}** | | | |`]),
    `| ${code(name)} | ${description} | ${initial === '' ? (isRequired ? 'required' : '') : code(initial)} | ${example === null ? '' : code(example)} |`,
  ]);
  return ['| name | what it is for | default | example |', '|---|---|---|---|', ...rows].join('\n');
}

/** The whole of `.env.example`. */
export function environmentExample(): string {
  const parts = settings().map(({ name, part, description, initial, example, isRequired }) => {
    const hint = example === null || initial !== '' ? '' : ` Example: ${example}`;
    const value = initial.includes('#') ? `"${initial}"` : initial;
    const title = part === null ? '' : `\n# --- ${part} ---\n\n`;
    return `${title}${comment((isRequired ? 'Required. ' : '') + description + hint)}${name}=${value}\n`;
  });
  return HEAD + parts.join('');
}

/** Wraps a text into comment lines of at most `WIDTH` characters. */
function comment(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`# ${word}`);
  }
  return `${lines.join('\n')}\n`;
}
