/** Replaces secrets in recorded calls. */
const REDACTED = '••••';
/** Names of headers, form fields, query parameters and JSON keys whose values are secret. */
const SECRET = /authorization|cookie|secret|token|password|assertion/i;
/** Access tokens are JSON Web Tokens. */
const TOKEN = /\beyJ[\w-]*\.[\w.-]+/g;

/** Headers, one per line. */
export function redactHeaders(headers: NodeJS.Dict<string | string[]>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${redactHeader(name, String(value))}`)
    .join('\n');
}

/** A path with its query, secrets redacted. */
export function redactPath(path: string): string {
  const redacted = path.replace(/([?&])([^=&]*)=([^&]*)/g, (whole, mark: string, name: string) =>
    SECRET.test(name) ? `${mark}${name}=${REDACTED}` : whole,
  );
  return redactTokens(redacted);
}

/** A JSON or form body with one line per field; of any other body only tokens are redacted. */
export function redactBody(contentType: string | undefined, body: string): string {
  if (contentType?.includes('application/x-www-form-urlencoded')) {
    const fields = [...new URLSearchParams(body)];
    return redactTokens(fields.map(([name, value]) => `${name}=${SECRET.test(name) ? REDACTED : value}`).join('\n'));
  }
  return redactTokens(redactJson(body) ?? body);
}

function redactHeader(name: string, value: string): string {
  if (!SECRET.test(name)) return redactTokens(value);
  // Shows that a token was sent.
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
