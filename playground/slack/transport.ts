import type { Json } from './json.ts';

/** One thing Slack tells the app. */
export interface Delivery {
  readonly kind: 'command' | 'interactive' | 'event';
  readonly payload: Json;
}

/** Departures from an honest request, for tests. */
export interface Forgery {
  /** Sent instead of the right `X-Slack-Signature`. */
  readonly signature?: string;
  /** Seconds, instead of now; signed rightly unless `signature` says otherwise. */
  readonly timestamp?: string;
  /** Marked as Slack's second attempt. */
  readonly retry?: boolean;
}

/** What became of it. */
export interface DeliveryResult {
  /** HTTP status of the app's answer; 0 where none came. An acknowledged envelope of Socket Mode is 200. */
  readonly status: number;
  /** Time to the acknowledgement. */
  readonly ms: number;
  /** Its body: parsed JSON, or text. */
  readonly body: unknown;
  /** What Slack would show the person: no answer in time, or no good one. */
  readonly error?: 'operation_timeout' | 'dispatch_failed';
}

/** A way to the app: signed HTTP requests, or envelopes over Socket Mode. */
export interface Transport {
  deliver(delivery: Delivery, forgery: Forgery): Promise<DeliveryResult>;
  /** Sends the last request once more, byte by byte. */
  replay(): Promise<DeliveryResult>;
}

/** Nobody listens. */
export const UNREACHABLE: DeliveryResult = { status: 0, ms: 0, body: '', error: 'dispatch_failed' };
