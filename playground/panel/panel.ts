import type { SimulatedAdobe } from '../adobe/server.ts';
import type { BotKeeper } from '../bot/keeper.ts';
import type { PageActResult } from '../slack/contract.ts';
import type { LocalSlack } from '../slack/local-slack.ts';
import type { Panel } from '../slack/page.ts';
import { NO_REFUSAL } from '../slack/web-api.ts';
import type { TimeMachine } from '../time/time-machine.ts';
import { panelActSchema } from './acts.ts';
import type { Move, PanelAct, PanelCall, PanelState, PanelWindow } from './contract.ts';

/** Calls shown. */
const CALLS = 100;
const TOLD_EVERY_MS = 100;

interface Parts {
  readonly scene: PanelState['scene'];
  readonly time: TimeMachine;
  readonly deadline: string;
  readonly timeZone: string;
  readonly windows: () => readonly PanelWindow[];
  readonly bot: BotKeeper;
  readonly adobe: SimulatedAdobe;
  readonly slack: () => LocalSlack;
}

/** Everything beside the Slack: the clock, the simulated Adobe, the calls, and the bot's process. */
export class PlaygroundPanel implements Panel {
  readonly #parts: Parts;
  readonly #listeners: ((version: number) => void)[] = [];
  #version = 0;
  #telling: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  onChange(listener: (version: number) => void): void {
    this.#listeners.push(listener);
  }

  /** Something is to be read again. Told at most ten times a second: a first sync makes thousands of calls. */
  changed(): void {
    this.#version += 1;
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      for (const listener of this.#listeners) listener(this.#version);
    }, TOLD_EVERY_MS).unref();
  }

  state(find: string): PanelState {
    const { scene, time, deadline, timeZone, windows, bot, adobe } = this.#parts;
    return {
      version: this.#version,
      scene,
      time: {
        aheadMs: time.aheadMs,
        moving: time.moving,
        deadline,
        timeZone,
        nextReminder: time.nextReminder().toISOString(),
        windows: windows(),
      },
      bot: bot.view,
      adobe: adobe.view(find),
      calls: this.#calls(),
    };
  }

  /** @returns in words what did not work */
  async act(given: unknown): Promise<PageActResult> {
    const act = panelActSchema.safeParse(given);
    if (!act.success) return { ok: false, problem: 'The playground does not know how to do this.' };
    try {
      const problem = await this.#do(act.data);
      return problem === undefined ? { ok: true } : { ok: false, problem };
    } catch (error) {
      return { ok: false, problem: error instanceof Error ? error.message : String(error) };
    } finally {
      this.changed();
    }
  }

  async #do(act: PanelAct): Promise<string | undefined> {
    const { adobe, bot } = this.#parts;
    switch (act.kind) {
      case 'move':
        return this.#move(act.to);
      case 'fault':
        adobe.switchFault(act.id, act.on);
        return undefined;
      case 'migration-seconds':
        adobe.migrationSeconds = act.seconds;
        return undefined;
      case 'migrate-elsewhere':
        adobe.migrateElsewhere(act.id);
        return undefined;
      case 'delete':
        adobe.remove(act.id);
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
    const { time, bot, slack } = this.#parts;
    const moved = time.move(to, async () => {
      // The page shows the time of both.
      slack().state.changed();
      this.changed();
      await bot.move();
    });
    this.changed();
    return moved;
  }

  /** The last calls to both, oldest first. */
  #calls(): PanelCall[] {
    const toSlack = this.#parts.slack().calls;
    const firstShown = Math.max(0, toSlack.length - CALLS);
    const slackCalls = toSlack.slice(firstShown).map((call, index) => ({
      // Odd here, even there: one id each.
      id: 2 * (firstShown + index) + 1,
      at: call.at.toISOString(),
      to: 'Slack' as const,
      method: call.method,
      path: '',
      outcome: call.error ?? 'ok',
      ok: call.ok || call.error === NO_REFUSAL,
      detail: JSON.stringify(call.args, null, 2),
    }));
    const adobeCalls = this.#parts.adobe.lastCalls(CALLS).map((call) => ({ ...call, id: 2 * call.id }));
    return [...slackCalls, ...adobeCalls]
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
      .slice(-CALLS);
  }
}
