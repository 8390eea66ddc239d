/** The Slack user ids of the people mentioned in a text, by the word that mentions them. */
export type Mentions = ReadonlyMap<string, string>;

/** What a person typed after the command. */
interface TypedText {
  readonly text: string;
  readonly mentions: Mentions;
}

const ENTITY = /<([^<>]*)>/;
const ESCAPES: Readonly<Record<string, string>> = { '&lt;': '<', '&gt;': '>', '&amp;': '&' };

/**
 * Returns the text as it was typed. Slack escapes `&`, `<` and `>`. If the manifest has `should_escape`, it also sends
 * a mention as `<@U123|name>`, a channel as `<#C123|name>`, and what looks like a link, as names of credentials may, as
 * `<address|as typed>`.
 */
export function readTyped(sent: string): TypedText {
  const mentions = new Map<string, string>();
  const typed = sent.split(ENTITY).map((part, i) => {
    // Every second part was in angle brackets.
    if (i % 2 === 0) return unescaped(part);
    const [target = '', ...rest] = part.split('|').map(unescaped);
    // The address is encoded; the typed text may contain a `|` of its own.
    const label = rest.join('|');
    const [, userId] = /^@([UW][A-Z0-9]+)$/.exec(target) ?? [];
    return userId === undefined ? withoutMarkup(target, label) : mentionOf(userId, label, mentions);
  });
  return { text: typed.join(''), mentions };
}

function mentionOf(userId: string, label: string, mentions: Map<string, string>): string {
  const named = `@${label}`;
  const known = mentions.get(named);
  const isUsable = /^\S+$/.test(label) && (known === undefined || known === userId);
  const word = isUsable ? named : `@${userId}`;
  mentions.set(word, userId);
  return word;
}

/** "#general", "@channel", "@admins", "https://example.com", "svc@example.com". */
function withoutMarkup(target: string, label: string): string {
  if (target.startsWith('#')) return `#${label || target.slice(1)}`;
  if (target.startsWith('!')) return `@${(label || target.slice(1)).replace(/^@/, '')}`;
  return label || target.replace(/^mailto:/, '');
}

function unescaped(text: string): string {
  return text.replace(/&(?:lt|gt|amp);/g, (entity) => ESCAPES[entity] ?? entity);
}
