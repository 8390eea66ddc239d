/** An HTTP answer before it is written; a missing body is an empty one. */
export interface AdobeResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The gateway's error shape. */
export function gatewayError(status: number, error_code: string, message: string): AdobeResponse {
  return { status, body: { error_code, message } };
}

/** The Platform's error shape, problem+json. */
export function problem(status: number, title: string, detail: string): AdobeResponse {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: 'https://platform.adobe.io/problems/simulated', status, title, detail },
  };
}
