import type { Json } from './json.ts';

/** A request from Slack to the app. */
export interface Delivery {
  readonly kind: 'command' | 'interactive' | 'event';
  readonly payload: Json;
}

/** Deviations from a genuine request, for tests. */
export interface Forgery {
  /** Replaces the genuine `X-Slack-Signature`. */
  readonly signature?: string;
  /** Unix time in seconds, instead of now. The signature stays genuine unless `signature` replaces it. */
  readonly timestamp?: string;
  /** Marks the request as Slack's retry. */
  readonly retry?: boolean;
}

/** The outcome of a delivery. */
export interface DeliveryResult {
  /** The response's HTTP status; 0 without a response; 200 for an acknowledged Socket Mode envelope. */
  readonly status: number;
  /** Milliseconds until the acknowledgement. */
  readonly ms: number;
  /** The response's body: parsed JSON, or text. */
  readonly body: unknown;
  /** The error Slack would show the person: no response in time, or a failed one. */
  readonly error?: 'operation_timeout' | 'dispatch_failed';
}

/** How requests reach the app: signed HTTP requests, or envelopes over Socket Mode. */
export interface Transport {
  deliver(delivery: Delivery, forgery: Forgery): Promise<DeliveryResult>;
  /** Sends the last request again, byte for byte. */
  replay(): Promise<DeliveryResult>;
}

/** The app is not listening. */
export const UNREACHABLE: DeliveryResult = { status: 0, ms: 0, body: '', error: 'dispatch_failed' };
