import type { State } from './state.ts';

/** What a person types, as Slack sends it with `should_escape` in the manifest: text, mentions, channels and links. */
export function escapedCommand(state: State, typed: string): string {
  return typed
    .split(/(\s+)/)
    .map((word) => escapedWord(state, word))
    .join('');
}

function escapedWord(state: State, word: string): string {
  const escaped = word.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const [, kind = '', name = ''] = /^([@#])(\S+)$/.exec(word) ?? [];
  if (kind === '@') {
    const person = [...state.people.values()].find((each) => each.name === name);
    if (person !== undefined) return `<@${person.id}|${person.name}>`;
  }
  if (kind === '#') {
    const channel = [...state.conversations.values()].find((each) => each.name === name);
    if (channel !== undefined) return `<#${channel.id}|${channel.name}>`;
  }
  if (/^https?:\/\/\S+$/.test(word)) return `<${escaped}>`;
  if (/^[\w.+-]+@[\w-]+(\.[\w-]+)+$/.test(word)) return `<mailto:${word}|${word}>`;
  return /^[\w-]+(\.[\w-]+)*\.(com|org|net|io)$/.test(word) ? `<http://${word}|${word}>` : escaped;
}
