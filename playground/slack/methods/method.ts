import { type Json, stringOf } from '../json.ts';
import type { PostingRate } from '../posting-rate.ts';
import { SlackError } from '../slack-error.ts';
import type { State } from '../state.ts';
import type { Triggers } from '../triggers.ts';
import type { Uploads } from '../uploads.ts';

export interface MethodContext {
  readonly state: State;
  readonly scopes: readonly string[];
  readonly triggers: Triggers;
  readonly postingRate: PostingRate;
  readonly uploads: Uploads;
  readonly appName: string;
  readonly workspace: string;
  /** The beginning of a message's permalink: here the address of the page, so that links to messages work. */
  permalinks(): string;
  /** The URL of a new Socket Mode connection. */
  openSocket(): string;
}

/** One Web API method; returns the response without `ok`. @throws {SlackError} */
export type Method = (args: Json, context: MethodContext) => Json;

/** @throws {SlackError} missing_scope, with the needed and the provided scopes, as in Slack */
export function needScope(context: MethodContext, scope: string): void {
  if (context.scopes.includes(scope)) return;
  throw new SlackError('missing_scope', [`needs ${scope}`], { needed: scope, provided: context.scopes.join(',') });
}

/** @throws {SlackError} invalid_arguments */
export function needString(args: Json, name: string): string {
  const value = stringOf(args[name]);
  if (value === '') throw new SlackError('invalid_arguments', [`missing required field: ${name}`]);
  return value;
}
