/** The only place where Slack's markup becomes text for a terminal. Text from outside has been escaped before. */
import { code } from '../slack/escaping.ts';

const ENTITIES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/** Text for a terminal, from our own mrkdwn. */
export function plainText(mrkdwn: string): string {
  return mrkdwn
    .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<[^|>]*\|([^>]*)>/g, '$1')
    .replace(/<([^>]*)>/g, '$1')
    .replace(/[`*]/g, '')
    .replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** Text from outside for a terminal: no control or text direction characters, at most 80 characters. */
export function outsideText(text: string): string {
  return plainText(code(text));
}

/** Turns advice for people in Slack into advice for the operator who runs the doctor. */
export function toOperator(advice: string): string {
  const direct = advice
    .replace(/Ask an operator to /g, '')
    .replace(/[Tt]ell an operator: /g, '')
    .replace(/\bask an operator to /g, '')
    .replace(/, then ask again\b/g, ', then try again');
  return capitalize(direct);
}

export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
