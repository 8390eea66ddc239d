/** Part of every hostile text, to find where it is shown. */
const MARK = 'Zq9';

const RIGHT_TO_LEFT = '\u202e';

/** Texts that an outsider may put into a name, a description, an owner, an argument or Adobe's response. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'a mention of everyone': `<!channel> <!here> <!everyone> ${MARK}`,
  'a mention in the middle': `x<!channel>y${MARK}${'z'.repeat(200)}`,
  'a mention of a person': `<@U0ADMIN001> ${MARK} <!subteam^S0MIGRATOR>`,
  'a link with words': `<https://evil.example|${MARK}>`,
  'a bare link': `https://${MARK}.example/?a=1&b=2 mailto:${MARK}@evil.example`,
  'a date': `<!date^1392734382^{date}|${MARK}>`,
  emphasis: `*${MARK}* _${MARK}_ ~${MARK}~ :warning: > ${MARK}`,
  backticks: `\`${MARK}\` \`\`\`${MARK}\`\`\` *${MARK}* \u00b4\u02cb\uff40`,
  entities: `&amp;${MARK} &lt;!channel&gt; &#60;`,
  'lines of its own': `${MARK}\n> ${MARK}\r\n*${MARK}*\u2028\u2029${MARK}\u0085${MARK}`,
  'another direction': `${RIGHT_TO_LEFT}${MARK}\u2066\u200f\u061c${MARK}\u2069\u202c`,
  'control characters': `${MARK}\u0000\u0007\u001b[31m${MARK}\u007f`,
  nothing: '',
  'spaces alone': ' \t\u00a0\u3000 ',
  'nothing visible': '\u200b\u200d\u3164\u2800\ufeff',
  'half characters': `\ud83d${MARK}\ude00`,
  'replacement patterns': `$& $1 $\` $' {ask} ${MARK}`,
  'JSON and code': `"}],"${MARK}":\\ \${1} ${MARK}`,
  'ten thousand letters': MARK.repeat(3_334),
  'ten thousand words': `${MARK[0]} `.repeat(5_000),
  'ten thousand ampersands': '&'.repeat(10_000),
  'ten thousand brackets': `<${MARK}>`.repeat(2_000),
  'ten thousand backticks': '`'.repeat(10_000),
  'ten thousand quotation marks': '"\\'.repeat(5_000),
  'ten thousand control characters': '\u0001x'.repeat(5_000),
  'families of emoji': '👨‍👩‍👧‍👦'.repeat(900),
  flags: '🇩🇪'.repeat(2_500),
  'one letter under ten thousand accents': `e${'\u0301'.repeat(10_000)}`,
};

/** The Slack markup in the app's own texts: mentions, channels, dates, links to messages and Adobe's pages. */
const OWN_MARKUP =
  /<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>|<!subteam\^S[A-Z0-9]+>|<!date\^\d+\^[^<>|^]+\|[^<>|]+>|<https:\/\/[\w.]+\/archives\/\w+\/p\d+\|[\w ]+>|<https:\/\/(?:experienceleague|developer)\.adobe\.com\/[\w/-]+\|[\w ]+>/g;
const CODE_SPAN = /`[^`\n]+`/g;

/** What is wrong with a text that Slack reads as mrkdwn: markup from outside, or a wrong escape. */
export function problemsOfMrkdwn(text: string): string[] {
  const problems: string[] = [];
  const bare = text.replace(CODE_SPAN, '');
  if (bare.includes(MARK)) problems.push('text from outside that is in no code span');
  if (bare.includes('`')) problems.push('a backtick belongs to no code span');
  if (/[<>]/.test(text.replace(OWN_MARKUP, ''))) problems.push('markup that is not the app’s own');
  if (/&(?!amp;|lt;|gt;)/.test(text)) problems.push('an ampersand that begins no escape');
  return [...problems, ...problemsOfPlain(text.replaceAll('\n', ' '))];
}

/** What is wrong with text from outside, wherever it is shown. */
export function problemsOfPlain(text: string): string[] {
  const problems: string[] = [];
  if (!text.isWellFormed()) problems.push('half a character');
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text)) problems.push('a control character or a line of its own');
  if (/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text)) problems.push('a change of direction');
  return problems;
}
