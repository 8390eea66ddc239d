/** An HTTP response before it is sent. Without a body the response is empty. */
export interface AdobeResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error in the gateway's format. */
export function gatewayError(status: number, error_code: string, message: string): AdobeResponse {
  return { status, body: { error_code, message } };
}

/** An error in the Platform's format, problem+json. */
export function problem(status: number, title: string, detail: string): AdobeResponse {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: 'https://platform.adobe.io/problems/simulated', status, title, detail },
  };
}
