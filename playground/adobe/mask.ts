/** What stands for a secret wherever a call is shown. */
const MASK = '••••';
/** Names of headers, form fields, query parameters and JSON keys whose values are nobody's business. */
const SECRET = /authorization|cookie|secret|token|password|assertion/i;
/** Tokens are JSON Web Tokens: they begin alike and have dots. */
const TOKEN = /\beyJ[\w-]*\.[\w.-]+/g;

/** Headers, a line each. */
export function maskedHeaders(headers: NodeJS.Dict<string | string[]>): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${maskedHeader(name, String(value))}`)
    .join('\n');
}

/** A path with its query. */
export function maskedPath(path: string): string {
  const masked = path.replace(/([?&])([^=&]*)=([^&]*)/g, (whole, mark: string, name: string) =>
    SECRET.test(name) ? `${mark}${name}=${MASK}` : whole,
  );
  return withoutTokens(masked);
}

/** A body of JSON or of a form, to be read: a line for each field; any other body as it is but for tokens. */
export function maskedBody(contentType: string | undefined, body: string): string {
  if (contentType?.includes('application/x-www-form-urlencoded')) {
    const fields = [...new URLSearchParams(body)];
    return withoutTokens(
      fields.map(([name, value]) => `${name}=${SECRET.test(name) ? MASK : value}`).join('\n'),
    );
  }
  return withoutTokens(maskedJson(body) ?? body);
}

function maskedHeader(name: string, value: string): string {
  if (!SECRET.test(name)) return withoutTokens(value);
  // That it was a token at all is worth seeing.
  return /^Bearer ey/.test(value) ? `Bearer ey…${MASK}` : MASK;
}

function maskedJson(body: string): string | undefined {
  try {
    return JSON.stringify(
      JSON.parse(body, (key, value) => (SECRET.test(key) ? MASK : value)),
      null,
      2,
    );
  } catch {
    return undefined;
  }
}

function withoutTokens(text: string): string {
  return text.replace(TOKEN, `ey…${MASK}`);
}
