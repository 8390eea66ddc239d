import type { SimulatedAdobe } from '../adobe/server.ts';
import type { BotProcess } from '../bot/process.ts';
import type { PageActionResult } from '../slack/contract.ts';
import type { LocalSlack } from '../slack/local-slack.ts';
import type { Panel } from '../slack/page.ts';
import type { TimeMachine } from '../time/time-machine.ts';
import { panelActionSchema } from './action-schema.ts';
import type { Move, PanelAction, PanelCall, PanelState, PanelWindow } from './contract.ts';

/** How many calls are shown. */
const CALLS_SHOWN = 100;
const NOTIFY_INTERVAL_MS = 100;

interface Dependencies {
  readonly scene: PanelState['scene'];
  readonly time: TimeMachine;
  readonly deadline: string;
  readonly timeZone: string;
  readonly windows: () => readonly PanelWindow[];
  readonly bot: BotProcess;
  readonly adobe: SimulatedAdobe;
  readonly slack: () => LocalSlack;
}

/** The column beside the local Slack: the clock, the simulated Adobe, the calls and the bot's process. */
export class PlaygroundPanel implements Panel {
  readonly #dependencies: Dependencies;
  readonly #listeners: ((version: number) => void)[] = [];
  #version = 0;
  #notifyTimer: NodeJS.Timeout | undefined;

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
  }

  onChange(listener: (version: number) => void): void {
    this.#listeners.push(listener);
  }

  /** Notifies the page, at most ten times a second: a first sync makes thousands of calls. */
  changed(): void {
    this.#version += 1;
    this.#notifyTimer ??= setTimeout(() => {
      this.#notifyTimer = undefined;
      for (const listener of this.#listeners) listener(this.#version);
    }, NOTIFY_INTERVAL_MS).unref();
  }

  state(find: string): PanelState {
    const { scene, time, deadline, timeZone, windows, bot, adobe, slack } = this.#dependencies;
    return {
      version: this.#version,
      scene,
      time: {
        aheadMs: time.aheadMs,
        moving: time.isMoving,
        deadline,
        timeZone,
        nextReminder: time.nextReminder().toISOString(),
        windows: windows(),
      },
      bot: bot.view,
      adobe: adobe.view(find),
      slackFaults: slack().faults.switches,
      calls: this.#calls(),
    };
  }

  /** Performs a visitor's action; a failure is returned as a sentence for the visitor, never thrown. */
  async perform(given: unknown): Promise<PageActionResult> {
    const action = panelActionSchema.safeParse(given);
    if (!action.success) return { ok: false, error: 'The playground does not know this action.' };
    try {
      const error = await this.#carryOut(action.data);
      return error === undefined ? { ok: true } : { ok: false, error };
    } catch (error) {
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    } finally {
      this.changed();
    }
  }

  async #carryOut(action: PanelAction): Promise<string | undefined> {
    const { adobe, bot, slack } = this.#dependencies;
    switch (action.kind) {
      case 'move':
        return this.#move(action.to);
      case 'fault':
        adobe.switchFault(action.id, action.on);
        return undefined;
      case 'slack-fault':
        slack().faults.switch(action.id, action.on);
        return undefined;
      case 'migration-seconds':
        adobe.migrationSeconds = action.seconds;
        return undefined;
      case 'migrate-elsewhere':
        adobe.migrateElsewhere(action.id);
        return undefined;
      case 'in-console':
        adobe.inConsole(action.id, action.what);
        return undefined;
      case 'delete':
        adobe.remove(action.id);
        return undefined;
      case 'kill':
        await bot.kill();
        return undefined;
      case 'start':
        await bot.start();
        return undefined;
      case 'kill-and-start':
        await bot.kill();
        await bot.start();
        return undefined;
    }
  }

  #move(to: Move): Promise<string | undefined> {
    const { time, bot, slack } = this.#dependencies;
    const moved = time.move(to, async () => {
      // Both the Slack and the panel show the time.
      slack().state.changed();
      this.changed();
      await bot.move();
    });
    this.changed();
    return moved;
  }

  /** The last calls to both, oldest first. */
  #calls(): PanelCall[] {
    const { calls, replies } = this.#dependencies.slack();
    // Makes the ids unique across both lists.
    const lastWithIds = (list: typeof calls, remainder: number) =>
      list.map((call, index) => ({ call, id: 3 * index + remainder })).slice(-CALLS_SHOWN);
    const slackCalls = [...lastWithIds(calls, 1), ...lastWithIds(replies, 2)].map(({ call, id }) => ({
      id,
      at: call.at.toISOString(),
      to: 'Slack' as const,
      method: call.method,
      path: '',
      outcome: call.error ?? 'ok',
      ok: call.ok,
      ...(call.isExpected ? { isExpected: true } : {}),
      detail: JSON.stringify(call.args, null, 2),
    }));
    const adobeCalls = this.#dependencies.adobe.lastCalls(CALLS_SHOWN).map((call) => ({ ...call, id: 3 * call.id }));
    return [...slackCalls, ...adobeCalls].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-CALLS_SHOWN);
  }
}
