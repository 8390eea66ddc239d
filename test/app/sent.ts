import { interactiveElements } from '../../playground/slack/blocks.ts';
import { isJson, type Json, jsonListOf, jsonOf, stringOf } from '../../playground/slack/json.ts';
import type { LocalSlack } from '../../playground/slack/local-slack.ts';
import type { StoredMessage } from '../../playground/slack/state.ts';

/** Everything the app has sent: Web API calls, and every version of messages sent by a `response_url`. */
export class Sent {
  readonly #slack: LocalSlack;
  readonly #messages = new Set<StoredMessage>();

  constructor(slack: LocalSlack) {
    this.#slack = slack;
    slack.state.on('change', () => {
      for (const message of slack.state.messages) this.#messages.add(message);
    });
  }

  messages(): readonly StoredMessage[] {
    return [...this.#messages];
  }

  /** Every text in which Slack reads markup. */
  markup(): readonly string[] {
    return [
      ...this.messages().flatMap(({ text, blocks }) => [text, ...mrkdwnIn(blocks)]),
      ...this.#slack.calls.flatMap(({ args }) => [stringOf(args['text']), ...mrkdwnIn(args)]),
    ];
  }
}

function mrkdwnIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (!isJson(value)) return [];
  const own = value['type'] === 'mrkdwn' ? [stringOf(value['text'])] : [];
  return [...own, ...Object.values(value).flatMap(mrkdwnIn)];
}

/** The app's own text in angle brackets: people, channels, groups, times, links to messages and Adobe's pages. */
const OURS =
  /<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<!date\^\d+\^[^<>|]+\|[^<>|]+>|<http:[\w./:]+\/archives\/[A-Z0-9]+\/p\d+\|[\w ]+>|<https:\/\/(?:experienceleague|developer)\.adobe\.com\/[\w/-]+\|[\w ]+>/g;

/** Unintended markup that Slack would read in this text: each unescaped character with what follows. */
export function liveMarkup(text: string): readonly string[] {
  return text.replace(OURS, '').match(/(?:[<>]|&(?!(?:amp|lt|gt);)).{0,20}/gsu) ?? [];
}

interface SeenButton {
  readonly id: string;
  readonly text: string;
  readonly value: string;
  readonly style: string;
  /** Slack's confirm dialog: title, text and both buttons; null without one. */
  readonly dialog: Json | null;
}

/** The buttons of a message or view, in order. */
export function buttonsOf({ blocks }: { readonly blocks: readonly object[] }): readonly SeenButton[] {
  return interactiveElements(jsonListOf(blocks))
    .filter(({ element }) => element['type'] === 'button')
    .map(({ element }) => ({
      id: stringOf(element['action_id']),
      text: stringOf(jsonOf(element['text'])['text']),
      value: stringOf(element['value']),
      style: stringOf(element['style']),
      dialog: isJson(element['confirm']) ? element['confirm'] : null,
    }));
}

/** The ids of the buttons, in order. */
export function buttonIds(on: { readonly blocks: readonly object[] }): readonly string[] {
  return buttonsOf(on).map(({ id }) => id);
}
