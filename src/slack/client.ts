import { webApi } from '@slack/bolt';

/** One finished call of Slack's Web API; `error` is null when it was taken. */
export type OnSlackCall = (method: string, error: unknown) => void;

/** The web client, with every call's end reported. */
export class ObservedClient extends webApi.WebClient {
  readonly #onCall: OnSlackCall;

  constructor(token: string, options: webApi.WebClientOptions, onCall: OnSlackCall) {
    super(token, options);
    this.#onCall = onCall;
  }

  override async apiCall(method: string, options?: Record<string, unknown>): Promise<webApi.WebAPICallResult> {
    try {
      const result = await super.apiCall(method, options);
      this.#onCall(method, null);
      return result;
    } catch (error) {
      this.#onCall(method, error);
      throw error;
    }
  }
}
