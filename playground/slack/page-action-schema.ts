import { z } from 'zod';
import type { PageAction } from './contract.ts';

const person = { user: z.string().min(1) };
const message = z.object({ channel: z.string(), ts: z.string() });
const view = z.object({ viewId: z.string() });
const values = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));
const element = {
  ...person,
  container: z.union([message, view, z.literal('home')]),
  blockId: z.string(),
  actionId: z.string(),
};

/** What the page may have a person do. */
export const pageActionSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['command', 'message']),
    ...person,
    channel: z.string(),
    text: z.string(),
    threadTs: z.string().exactOptional(),
  }),
  z.object({ kind: z.literal('read'), ...person, channel: z.string() }),
  z.object({
    kind: z.literal('press'),
    ...element,
    selected: z.string().exactOptional(),
    values: values.exactOptional(),
  }),
  z.object({ kind: z.literal('suggest'), ...element, query: z.string() }),
  z.object({ kind: z.literal('submit'), ...person, viewId: z.string(), values }),
  z.object({ kind: z.literal('close'), ...person, viewId: z.string() }),
  z.object({ kind: z.literal('home'), ...person }),
]) satisfies z.ZodType<PageAction>;
