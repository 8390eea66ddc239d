import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import type { ShownApp } from './slack/contract.ts';

const manifestSchema = z.object({
  features: z.object({
    app_home: z.object({ messages_tab_read_only_enabled: z.boolean() }),
    slash_commands: z.tuple([z.object({ description: z.string(), usage_hint: z.string() })]),
  }),
});

/** What Slack shows of the app besides its messages, read from its manifest. */
export function readManifest(): ShownApp {
  const source = readFileSync(new URL('../manifest.yml', import.meta.url), 'utf8');
  const { app_home, slash_commands } = manifestSchema.parse(parse(source)).features;
  const [{ description, usage_hint }] = slash_commands;
  return {
    commandDescription: description,
    usageHint: usage_hint,
    isMessagesTabReadOnly: app_home.messages_tab_read_only_enabled,
  };
}
