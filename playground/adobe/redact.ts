/** What stands for a secret wherever a call is shown. */
const REDACTED = '••••';
/** Names of headers, form fields, query parameters and JSON keys whose values are nobody's business. */
const SECRET = /authorization|cookie|secret|token|password|assertion/i;
/** Tokens are JSON Web Tokens: they begin alike and have dots. */
const TOKEN = /\beyJ[\w-]*\.[\w.-]+/g;

/** Headers, a line each. */
export function redactHeaders(headers: NodeJS.Dict<string | string[]>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${redactHeader(name, String(value))}`)
    .join('\n');
}

/** A path with its query. */
export function redactPath(path: string): string {
  const redacted = path.replace(/([?&])([^=&]*)=([^&]*)/g, (whole, mark: string, name: string) =>
    SECRET.test(name) ? `${mark}${name}=${REDACTED}` : whole,
  );
  return redactTokens(redacted);
}

/** A body of JSON or of a form, to be read: a line for each field; any other body as it is but for tokens. */
export function redactBody(contentType: string | undefined, body: string): string {
  if (contentType?.includes('application/x-www-form-urlencoded')) {
    const fields = [...new URLSearchParams(body)];
    return redactTokens(
      fields.map(([name, value]) => `${name}=${SECRET.test(name) ? REDACTED : value}`).join('\n'),
    );
  }
  return redactTokens(redactJson(body) ?? body);
}

function redactHeader(name: string, value: string): string {
  if (!SECRET.test(name)) return redactTokens(value);
  // That it was a token at all is worth seeing.
  return /^Bearer ey/.test(value) ? `Bearer ey…${REDACTED}` : REDACTED;
}

function redactJson(body: string): string | undefined {
  try {
    return JSON.stringify(
      JSON.parse(body, (key, value) => (SECRET.test(key) ? REDACTED : value)),
      null,
      2,
    );
  } catch {
    return undefined;
  }
}

function redactTokens(text: string): string {
  return text.replace(TOKEN, `ey…${REDACTED}`);
}
