const REDACTED = '[secret]';
/** Shorter values would redact ordinary words. */
const SHORTEST_SECRET = 4;
/** Response URLs and tickets are capabilities: having one is enough to use it. `responseUrl` is in modals' metadata. */
const SECRET_KEYS =
  'token|access_token|refresh_token|id_token|client_secret|signing_secret|password|authorization|x-slack-signature|response_url|responseUrl|ticket';

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // Slack's tokens, rotated ones (xoxe.xoxb-…) included.
  [/\b(?:xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]+/g, REDACTED],
  [/\bBearer\s+[^\s"'\\,;]+/gi, `Bearer ${REDACTED}`],
  // JSON Web Tokens, which Adobe's access tokens are.
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, REDACTED],
  // Response URLs and webhooks, on Slack's hosts and on those of emulators.
  [/(hooks\.slack(?:-gov)?\.com\/)[^\s"'<>\\]+/gi, `$1${REDACTED}`],
  [/(\/(?:commands|actions|app|services|workflows)\/)[TE][A-Z0-9]+\/[^\s"'<>\\]+/g, `$1${REDACTED}`],
  // The password in `user:password@` of any URL.
  [/(:\/\/[^\s:/@"']*:)[^\s@/"']+@/g, `$1${REDACTED}@`],
  // JSON or a form within a string, no matter how often its quotes are escaped.
  [new RegExp(`(\\\\*"(?:${SECRET_KEYS})\\\\*"\\s*:\\s*\\\\*")(?:[^"\\\\]|\\\\[^"\\\\])+`, 'gi'), `$1${REDACTED}`],
  [new RegExp(`\\b((?:${SECRET_KEYS})=)[^&\\s"'\\\\]+`, 'gi'), `$1${REDACTED}`],
];

const JSON_STRING = /"(?:[^"\\]|\\.)*"/g;
const JSON_SECRET_FIELD = new RegExp(`("(?:${SECRET_KEYS})":)"(?:[^"\\\\]|\\\\.)*"`, 'gi');

/**
 * Creates a function that redacts secrets in one line of JSON. It works on the decoded strings and encodes them again,
 * so that an escape can neither hide a secret nor be cut in half: the line stays valid JSON.
 */
export function createRedactor(secrets: readonly string[]): (line: string) => string {
  const known = matchAny(secrets);
  function redact(text: string): string {
    let clean = known === undefined ? text : text.replace(known, REDACTED);
    for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement);
    return clean;
  }
  function redactString(quoted: string): string {
    const text: string = JSON.parse(quoted);
    const clean = redact(text);
    return clean === text ? quoted : JSON.stringify(clean);
  }
  return (line) => line.replace(JSON_STRING, redactString).replace(JSON_SECRET_FIELD, `$1"${REDACTED}"`);
}

/** Matches a secret in plain text, in a URL, in a form and in JSON. */
function matchAny(secrets: readonly string[]): RegExp | undefined {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      new URLSearchParams({ '': secret }).toString().slice(1),
      JSON.stringify(secret).slice(1, -1),
    ])
    // Longest first: a secret may begin with another one.
    .sort((a, b) => b.length - a.length)
    .map((form) => form.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return forms.length === 0 ? undefined : new RegExp(forms.join('|'), 'g');
}
