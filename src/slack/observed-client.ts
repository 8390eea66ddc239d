import { webApi } from '@slack/bolt';

/** Called when a call to Slack's Web API ends; `error` is null if it succeeded. */
type OnSlackCall = (method: string, error: unknown) => void;

/** The web client, reporting the end of every call. */
export class ObservedClient extends webApi.WebClient {
  readonly #onCall: OnSlackCall;

  constructor(token: string, options: webApi.WebClientOptions, onCall: OnSlackCall) {
    super(token, options);
    this.#onCall = onCall;
  }

  override async apiCall(
    method: string,
    { blocks, view, ...rest }: Record<string, unknown> = {},
  ): Promise<webApi.WebAPICallResult> {
    try {
      // As text: the client sends text anyway, but copies objects piece by piece for a log line that is rarely written.
      const result = await super.apiCall(method, { ...rest, blocks: asJson(blocks), view: asJson(view) });
      this.#onCall(method, null);
      return result;
    } catch (error) {
      this.#onCall(method, error);
      throw error;
    }
  }
}

function asJson(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}
