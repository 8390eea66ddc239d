import { clearTimeout, setTimeout } from 'node:timers';
import type { PanelFault, SlackFaultId } from '../panel/contract.ts';

/** A fault injected into the next calls of a method. */
export interface Fault {
  /** Slack's error code; the call has no effect. */
  readonly error?: string;
  /** An HTTP status with `ok: false`, 200 included; the call has no effect, unless its response is lost. */
  readonly httpStatus?: number;
  /** `Retry-After` in seconds; on its own it means status 429. */
  readonly retryAfter?: number;
  /** Delay of the response in milliseconds. On its own, the call takes effect and only its response is late. */
  readonly hangMs?: number;
  /**
   * The call takes effect, and the connection breaks before its response; with `httpStatus`, a gateway responds with
   * that; with `error`, Slack responds with that.
   */
  readonly isLost?: boolean;
  /** Only calls for channels whose id is this or begins with it; all calls when left out. */
  readonly channel?: string;
  /** Only calls with a block of one of these types. */
  readonly blocks?: readonly string[];
  /** The number of calls affected; default 1. */
  readonly times?: number;
}

interface Switch {
  readonly id: SlackFaultId;
  readonly label: string;
  readonly about: string;
  /** Which of Slack's methods it affects. */
  readonly methods: readonly string[] | 'all';
  readonly fault: Fault;
}

/** The faults that a visitor can switch on. */
const SWITCHES: readonly Switch[] = [
  {
    id: 'slack-no-posts',
    label: 'Slack takes no message in the channels',
    about: 'Posts to a channel are rejected with restricted_action_thread_only_channel; direct messages arrive.',
    methods: ['chat.postMessage'],
    fault: { error: 'restricted_action_thread_only_channel', channel: 'C' },
  },
  {
    id: 'slack-posts-fail',
    label: 'Slack fails in the channels',
    about:
      'Posts to a channel fail with HTTP 503; direct messages arrive. An end is a direct message after two minutes.',
    methods: ['chat.postMessage'],
    fault: { httpStatus: 503, channel: 'C' },
  },
  {
    id: 'slack-no-edits',
    label: 'Slack takes no edits',
    about: 'Every edit is rejected with edit_window_closed.',
    methods: ['chat.update'],
    fault: { error: 'edit_window_closed' },
  },
  {
    id: 'slack-no-new-blocks',
    label: 'Slack takes no newer blocks',
    about:
      'Every message, reply, modal and Home with a chart, an alert or a table is rejected with invalid_blocks; it goes again in plain form.',
    methods: ['chat.postMessage', 'chat.update', 'views.open', 'views.publish', 'response_url'],
    fault: { error: 'invalid_blocks', blocks: ['data_visualization', 'alert', 'data_table'] },
  },
  {
    id: 'slack-responses-lost',
    label: 'Slack’s responses to posts are lost',
    about: 'The message arrives, then the connection breaks.',
    methods: ['chat.postMessage'],
    fault: { isLost: true },
  },
  {
    id: 'slack-slow',
    label: 'Slack is slow',
    about: 'Posts and edits are carried out at once; the responses are 11 s late.',
    methods: ['chat.postMessage', 'chat.update'],
    fault: { hangMs: 11_000 },
  },
  {
    id: 'slack-rate-limited',
    label: 'Slack limits edits',
    about: 'Every edit is answered with 429 and a pause of 30 s.',
    methods: ['chat.update'],
    fault: { retryAfter: 30 },
  },
  {
    id: 'slack-lookups-limited',
    label: 'Slack limits look-ups of people',
    about: 'Every look-up of a person is answered with 429 and a pause of 30 s.',
    methods: ['users.info'],
    fault: { retryAfter: 30 },
  },
  {
    id: 'slack-owners-unknown',
    label: 'Slack rejects owners’ addresses',
    about: 'Every look-up by email is rejected with invalid_arguments; what is known stays known for a day.',
    methods: ['users.lookupByEmail'],
    fault: { error: 'invalid_arguments' },
  },
  {
    id: 'slack-token-revoked',
    label: 'The bot’s token is revoked',
    about: 'Every call is rejected with token_revoked; replies to commands arrive.',
    methods: 'all',
    fault: { error: 'token_revoked' },
  },
];

export class Faults {
  readonly #heldBack = new Set<() => void>();
  readonly #switchedOn = new Set<SlackFaultId>();
  readonly #injected = new Map<string, { readonly fault: Fault; left: number }[]>();

  add(method: string, fault: Fault): void {
    const queue = this.#injected.get(method) ?? [];
    queue.push({ fault, left: fault.times ?? 1 });
    this.#injected.set(method, queue);
  }

  /** The fault for the next call of this method, if there is one. */
  take(method: string, channel = '', args: unknown = null): Fault | undefined {
    const queue = this.#injected.get(method) ?? [];
    const matchesCall = ({ fault }: { readonly fault: Fault }) =>
      channel.startsWith(fault.channel ?? '') &&
      (fault.blocks ?? ['']).some((type) => type === '' || JSON.stringify(args).includes(`"type":"${type}"`));
    const index = queue.findIndex(matchesCall);
    const injected = queue[index];
    if (injected === undefined)
      return SWITCHES.find((each) => this.#switchedOn.has(each.id) && concerns(each, method) && matchesCall(each))
        ?.fault;
    injected.left -= 1;
    if (injected.left <= 0) queue.splice(index, 1);
    return injected.fault;
  }

  switch(id: SlackFaultId, isOn: boolean): void {
    if (isOn) this.#switchedOn.add(id);
    else this.#switchedOn.delete(id);
  }

  get switches(): PanelFault[] {
    return SWITCHES.map(({ id, label, about }) => ({ id, label, about, on: this.#switchedOn.has(id) }));
  }

  /** Responds after `ms` milliseconds, or as soon as the faults are cleared. */
  holdBack(ms: number, respond: () => void): void {
    if (ms <= 0) {
      respond();
      return;
    }
    const once = (): void => {
      clearTimeout(timer);
      if (this.#heldBack.delete(once)) respond();
    };
    // Unreferenced: a pending response must not keep the process alive.
    const timer = setTimeout(once, ms).unref();
    this.#heldBack.add(once);
  }

  clear(): void {
    this.#injected.clear();
    for (const respond of [...this.#heldBack]) respond();
  }
}

function concerns({ methods }: Switch, method: string): boolean {
  // A post to a response_url needs no token.
  return methods === 'all' ? method !== 'response_url' : methods.includes(method);
}

/** The HTTP error response of a fault; undefined for other faults. */
export function httpFailure(fault: Fault | undefined): { status: number; headers: Record<string, string> } | undefined {
  const status = fault?.httpStatus ?? (fault?.retryAfter === undefined ? undefined : 429);
  if (status === undefined) return undefined;
  const retryAfter = fault?.retryAfter;
  return { status, headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) } };
}
