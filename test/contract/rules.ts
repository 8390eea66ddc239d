import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Ajv, type ValidateFunction } from 'ajv';
import { OPERATIONS, type Operation, PARAMETERS } from './operations.ts';

export interface Request {
  readonly host: Operation['host'];
  readonly method: string;
  /** The path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const PUBLISHED: Readonly<Record<string, object>> = JSON.parse(
  readFileSync(new URL('../adobe/published-schemas.json', import.meta.url), 'utf8'),
);
const ANYTHING = {};
const compiled = new Map<object, ValidateFunction>();

/** Statuses with which a gateway in front of any host may respond, whatever the operation. */
const GATEWAY = [401, 403, 429, 503];
/** Formats of errors for which the operation has no schema. */
const ERROR_BODIES: Readonly<Record<string, string>> = {
  'application/json': 'gatewayError',
  'application/problem+json': 'problem',
};

/** The operation of a request, and what is wrong with the request; an unknown operation is a fault, too. */
export function judgeRequest(request: Request): { operation: Operation | null; wrong: string[] } {
  const url = new URL(request.url, 'http://adobe.example');
  const found = OPERATIONS.flatMap((operation) => {
    const values = operation.method === request.method ? valuesIn(operation.path, url.pathname) : null;
    return values === null || operation.host !== request.host ? [] : [{ operation, values }];
  });
  // `integrations/entp/…` is longer than `integrations/{intId}`, so at most one fits.
  const [first] = found;
  if (first === undefined) return { operation: null, wrong: ['no such operation is published'] };
  const { operation, values } = first;
  const wrong = [
    ...Object.entries(values)
      .filter(([name, value]) => PARAMETERS[name]?.test(value) !== true)
      .map(([name, value]) => `path parameter ${name} is ${JSON.stringify(value)}`),
    ...[...url.searchParams]
      .filter(([name, value]) => operation.query?.[name]?.test(value) !== true)
      .map(([name, value]) => `query parameter ${name} is ${JSON.stringify(value)}`),
    ...Object.entries(operation.headers)
      .filter(([name, pattern]) => !pattern.test(String(request.headers[name] ?? '')))
      .map(([name]) => `header ${name} is ${request.headers[name] === undefined ? 'missing' : 'malformed'}`),
    ...wrongBody(operation, request),
  ];
  return { operation, wrong };
}

function wrongBody({ body: expected }: Operation, { body, headers }: Request): string[] {
  const type = headers['content-type']?.split(';')[0];
  if (expected === undefined) {
    return [
      ...(body === '' ? [] : ['it has a body']),
      // Without a body, a content type must not be sent.
      ...(type === undefined || body !== '' ? [] : [`it has no body, but the content type ${type}`]),
    ];
  }
  if (type !== expected.type) return [`the content type is ${type}`];
  const value = type === 'application/json' ? parsed(body) : Object.fromEntries(new URLSearchParams(body));
  return faults(expected.schema, value).map((fault) => `body${fault}`);
}

/** What is wrong with a response to this operation. */
export function judgeResponse(operation: Operation, { status, headers, body }: Response): string[] {
  const type = headers['content-type']?.split(';')[0];
  const schema = operation.accepted[status];
  if (schema === null) return body === '' ? [] : [`${status} has a body`];
  if (schema !== undefined) {
    if (schema === '*' && body === '') return [];
    if (type !== 'application/json') return [`${status} has the content type ${type}`];
    return faults(schema === '*' ? ANYTHING : published(schema), parsed(body)).map((fault) => `${status}${fault}`);
  }
  const isPublished = operation.errors.includes(status) || GATEWAY.includes(status) || status >= 500;
  if (!isPublished) return [`the status ${status} is not published`];
  // The specifications show errors without a body; errors from a gateway have one.
  if (body === '') return [];
  const format = operation.host === 'ims' && status === 400 ? 'imsError' : ERROR_BODIES[type ?? ''];
  if (format === undefined) return [`${status} has the content type ${type}`];
  return faults(published(format), parsed(body)).map((fault) => `${status}${fault}`);
}

function valuesIn(template: string, path: string): Record<string, string> | null {
  const pattern = template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  const groups = new RegExp(`^${pattern}$`).exec(path);
  if (groups === null) return null;
  return Object.fromEntries(
    Object.entries(groups.groups ?? {}).map(([name, text]) => [name, decodeURIComponent(text)]),
  );
}

function published(name: string): object {
  const schema = PUBLISHED[name];
  if (schema === undefined) throw new Error(`published-schemas.json has no ${name}`);
  return schema;
}

function faults(schema: object, value: unknown): string[] {
  // Adobe's schemas omit some types.
  const validate = compiled.get(schema) ?? new Ajv({ strict: false, allErrors: true }).compile(schema);
  compiled.set(schema, validate);
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
