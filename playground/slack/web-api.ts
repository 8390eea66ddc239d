import { type Fault, type Faults, httpFailure } from './faults.ts';
import { type Json, parseJson, stringOf } from './json.ts';
import { MethodRates } from './method-rates.ts';
import { API_TEST, APP_METHODS, OPEN_CONNECTION } from './methods/app.ts';
import { CHAT_METHODS } from './methods/chat.ts';
import { CONVERSATION_METHODS } from './methods/conversations.ts';
import { FILE_METHODS } from './methods/files.ts';
import type { Method, MethodContext } from './methods/method.ts';
import { USER_METHODS } from './methods/users.ts';
import { VIEW_METHODS } from './methods/views.ts';
import { SlackError } from './slack-error.ts';

/** One call of the app with its result. */
export interface Call {
  readonly at: Date;
  readonly method: string;
  /** Without the token; `blocks` and `view` parsed. */
  readonly args: Json;
  readonly ok: boolean;
  readonly error?: string;
  /** A failure that the app handles: an owner who is not in Slack, or blocks that have a plain form. */
  readonly isExpected?: true;
}

interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
  /** Delay in milliseconds. */
  readonly hangMs: number;
  /** Whether the connection breaks instead of a response. */
  readonly isLost?: boolean;
}

const METHODS: Readonly<Record<string, Method>> = {
  ...APP_METHODS,
  ...CHAT_METHODS,
  ...CONVERSATION_METHODS,
  ...FILE_METHODS,
  ...USER_METHODS,
  ...VIEW_METHODS,
};

/** Fields that a form carries as JSON. */
const JSON_FIELDS = ['blocks', 'view', 'attachments', 'metadata', 'files'];

/** An expected result, not a mistake of the app: an owner need not be in the workspace. */
const EXPECTED_ERROR = 'users_not_found';

interface Tokens {
  readonly bot: string;
  readonly app: string | undefined;
}

/** Slack's Web API: authenticates, applies faults, runs the method and records the call. */
export class WebApi {
  readonly calls: Call[] = [];
  readonly rates = new MethodRates();
  readonly #context: MethodContext;
  readonly #tokens: Tokens;
  readonly #faults: Faults;

  constructor(context: MethodContext, tokens: Tokens, faults: Faults) {
    this.#context = context;
    this.#tokens = tokens;
    this.#faults = faults;
  }

  call(method: string, given: Json, token: string): ApiResponse {
    const args = readArgs(given);
    const fault =
      this.#faults.take(method, stringOf(args['channel']), args) ?? this.rates.take(method, this.#context.state.now());
    const { error, isLost = false, hangMs = 0 }: Fault = fault ?? {};
    const failure = httpFailure(fault);
    if (failure !== undefined && !isLost) {
      const body = { ok: false, error: error ?? (failure.status === 429 ? 'ratelimited' : 'internal_error') };
      this.#record(method, args, body, { isExpected: false });
      return { ...failure, body, hangMs };
    }
    const result = this.#run(method, args, token, fault);
    const body = isLost && error !== undefined ? { ok: false, error } : result;
    const isExpected = fault?.blocks !== undefined || body['error'] === EXPECTED_ERROR;
    this.#record(method, args, body, { isExpected });
    // The call took effect, but a gateway responds.
    if (failure !== undefined) return { ...failure, body: {}, hangMs };
    const headers = {
      'x-oauth-scopes': this.#context.scopes.join(','),
      'x-accepted-oauth-scopes': stringOf(body['needed']),
    };
    return { status: 200, headers, body, hangMs, isLost: isLost && error === undefined };
  }

  #run(method: string, args: Json, token: string, fault: Fault | undefined): Json {
    try {
      if (fault?.error !== undefined && fault.isLost !== true) return { ok: false, error: fault.error };
      this.#authenticate(method, token);
      const run = Object.hasOwn(METHODS, method) ? METHODS[method] : undefined;
      if (run === undefined) throw new SlackError('unknown_method');
      return { ok: true, ...run(args, this.#context) };
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      if (error.code !== EXPECTED_ERROR) this.#context.state.reject(`${method}: ${error.message}`);
      const messages = error.messages.map((message) => `[ERROR] ${message}`);
      return {
        ok: false,
        error: error.code,
        ...error.fields,
        ...(messages.length === 0 ? {} : { errors: error.messages, response_metadata: { messages } }),
      };
    }
  }

  #authenticate(method: string, token: string): void {
    if (method === API_TEST) return;
    if (token === '') throw new SlackError('not_authed');
    if (token !== this.#tokens.bot && token !== this.#tokens.app) throw new SlackError('invalid_auth');
    const needsAppToken = method === OPEN_CONNECTION;
    if (needsAppToken !== (token === this.#tokens.app)) throw new SlackError('not_allowed_token_type');
  }

  #record(method: string, args: Json, body: Json, { isExpected }: { readonly isExpected: boolean }): void {
    const ok = body['ok'] === true;
    const at = this.#context.state.now();
    const failure = { error: stringOf(body['error']), ...(isExpected ? { isExpected } : {}) };
    this.calls.push({ at, method, args, ok, ...(ok ? {} : failure) });
    this.#context.state.changed();
  }
}

function readArgs(given: Json): Json {
  const args = Object.entries(given).filter(([key]) => key !== 'token');
  return Object.fromEntries(
    args.map(([key, value]) => {
      const json = typeof value === 'string' && JSON_FIELDS.includes(key);
      // Invalid JSON is passed on for the method to reject.
      return [key, json ? (parseJson(value) ?? value) : value];
    }),
  );
}
