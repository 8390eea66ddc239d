import { z } from 'zod';
import type { FaultId, Move, PanelAction, SlackFaultId } from './contract.ts';

const MOVES = ['hour', 'day', 'week', 'next-reminder', 'past-deadline'] as const satisfies readonly Move[];
const FAULTS = [
  'down',
  'garbage',
  'paused',
  'rate-limited',
  'api-missing',
  'refused',
  'integration-refused',
  'sandbox-refused',
  'certificates-refused',
  'account-unreadable',
  'date-unreadable',
  'jobs-unread',
  'jobs-fail',
  'jobs-no-login',
  'jobs-fail-after',
  'schedule-added',
  'no-migrate-path',
  'start-response-lost',
  'slow',
  'migration-fails',
] as const satisfies readonly FaultId[];

const SLACK_FAULTS = [
  'slack-no-posts',
  'slack-posts-fail',
  'slack-no-edits',
  'slack-no-new-blocks',
  'slack-responses-lost',
  'slack-slow',
  'slack-rate-limited',
  'slack-lookups-limited',
  'slack-owners-unknown',
  'slack-token-revoked',
] as const satisfies readonly SlackFaultId[];

/** The actions the page may send. */
export const panelActionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('move'), to: z.enum(MOVES) }),
  z.object({ kind: z.literal('fault'), id: z.enum(FAULTS), on: z.boolean() }),
  z.object({ kind: z.literal('slack-fault'), id: z.enum(SLACK_FAULTS), on: z.boolean() }),
  z.object({ kind: z.literal('migration-seconds'), seconds: z.number().int().min(1).max(600) }),
  z.object({ kind: z.literal('migrate-elsewhere'), id: z.string() }),
  z.object({ kind: z.literal('in-console'), what: z.enum(['begin', 'finish', 'cancel']), id: z.string() }),
  z.object({ kind: z.literal('delete'), id: z.string() }),
  z.object({ kind: z.literal('kill') }),
  z.object({ kind: z.literal('start') }),
  z.object({ kind: z.literal('kill-and-start') }),
]) satisfies z.ZodType<PanelAction>;
