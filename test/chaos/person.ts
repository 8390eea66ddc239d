import { setTimeout as delay } from 'node:timers/promises';
import type { SeenMessage } from '../../playground/slack/seen.ts';
import type { DeliveryResult } from '../../playground/slack/transport.ts';
import type { Limit } from '../../src/lib/parallel.ts';
import type { MethodName } from '../../src/migrations/steps.ts';
import { ACTIONS, TYPED_NAME } from '../../src/slack/ids.ts';
import { CHANNEL, type World } from '../process/world.ts';
import { ADMIN } from '../support/people.ts';
import { Act, TO_PRESS } from './acts.ts';
import type { Fleet } from './fleet.ts';
import type { ConfirmationPlan } from './plan.ts';

/** How long a person waits for a message to change before trying again. Milliseconds. */
const PATIENCE = 4_000;

/** An act that a person confirmed, or tried to. */
export interface Confirmed {
  readonly act: Act;
  /** The question shows that it was confirmed. */
  readonly isAccepted: boolean;
  /** The question shows that, or a progress message exists. */
  readonly isVisible: boolean;
  /** Presses with a 200 response after which the question did not change. */
  readonly ignored: number;
}

/** Where a person acts, and until when. */
interface Scene {
  readonly world: World;
  readonly fleet: Fleet;
  readonly method: MethodName;
  /** Called right before each press. */
  readonly pressing: () => void;
  /** All act as the same admin, who has one modal on screen at a time. */
  readonly screen: Limit;
  /** Aborts when all must have ended. */
  readonly signal: AbortSignal;
}

/** A person who wants one credential migrated, and does all that the method asks of people for it. */
export class Person {
  /** Whether they pressed Migrate in Adobe. */
  hasPressedInAdobe = false;
  readonly plan: ConfirmationPlan;
  readonly #scene: Scene;

  constructor(scene: Scene, plan: ConfirmationPlan) {
    this.#scene = scene;
    this.plan = plan;
  }

  /** Resolves once everything confirmed has ended, or at the abort. */
  async migrate(): Promise<Confirmed[]> {
    const { world, method } = this.#scene;
    const start = new Act(world, method, this.plan.name);
    const begun = await this.#confirm(start, () => world.slack.command(ADMIN, CHANNEL, `migrate ${this.plan.name}`));
    await this.#seeThrough(start);
    const isBegun = method === 'developer-console' && start.ends.includes('done');
    return isBegun ? [begun, await this.#endBegun(start)] : [begun];
  }

  /** Finishes or undoes what was begun, by the buttons of the message that says so. */
  async #endBegun(start: Act): Promise<Confirmed> {
    const { world, method } = this.#scene;
    const { name, lastStep } = this.plan;
    const act = new Act(world, method, name, lastStep);
    const action = lastStep === 'finish' ? ACTIONS.finish : ACTIONS.undo;
    const confirmed = await this.#confirm(act, () =>
      this.#pressOn(start.saying('*Both credentials exist now*'), action),
    );
    await this.#seeThrough(act);
    return confirmed;
  }

  /** Asks, and presses Confirm where there is a question, repeatedly until Slack shows that it was confirmed. */
  async #confirm(act: Act, ask: () => Promise<DeliveryResult>): Promise<Confirmed> {
    const { fleet, pressing, screen, signal } = this.#scene;
    const isVisible = () => act.isAccepted || act.messages.length > 0;
    let ignored = 0;
    while (!isVisible() && !signal.aborted) {
      const { question } = act;
      if (question === undefined) {
        const isUndo = act.step === 'cancel';
        if (isUndo) pressing();
        const sent = await fleet.send(ask, isUndo ? this.plan.presses : 1).catch(() => []);
        if (sent.some(({ status }) => status === 200))
          await this.#until(() => act.question !== undefined || isVisible());
      } else {
        const isClosed = () => act.question?.ts !== question.ts || isVisible();
        // Until there is a response and a change, no other modal may cover this one.
        const press = async () => {
          const sent = await this.#pressConfirm(question);
          if (sent.some(({ status }) => status === 200) && !(await this.#until(isClosed)) && !signal.aborted)
            ignored += 1;
        };
        await (offers(question, ACTIONS.confirmProduction) ? screen(press) : press());
      }
      await delay(100);
    }
    return { act, isAccepted: act.isAccepted, isVisible: isVisible(), ignored };
  }

  /** Presses Confirm, or types the name where the question asks for it. */
  async #pressConfirm(question: SeenMessage): Promise<readonly DeliveryResult[]> {
    const { world, fleet, pressing } = this.#scene;
    const { name, presses } = this.plan;
    const { slack } = world;
    const modal = () => slack.modalOf(ADMIN);
    try {
      if (!offers(question, ACTIONS.confirmProduction)) {
        pressing();
        return await fleet.send(() => slack.press(ADMIN, question, ACTIONS.confirm), presses);
      }
      // Close any modal whose instance has died, or that came too late for an earlier attempt.
      for (let left = modal(); left !== null; left = modal()) await slack.closeView(ADMIN, left.viewId);
      await fleet.send(() => slack.press(ADMIN, question, ACTIONS.confirmProduction));
      await this.#until(() => modal() !== null);
      const { viewId } = modal() ?? {};
      if (viewId === undefined) return [];
      pressing();
      const typed = { [TYPED_NAME.block]: { [TYPED_NAME.action]: name } };
      return await fleet.send(() => slack.submit(ADMIN, viewId, typed), presses);
    } catch {
      // The question was closed at this moment: the button is gone.
      return [];
    }
  }

  /** Waits for the end, and does what the act's message asks a person to do meanwhile. */
  async #seeThrough(act: Act): Promise<void> {
    const { world, fleet, signal, pressing } = this.#scene;
    const press = async (words: string, action: string) => {
      const message = act.saying(words);
      pressing();
      await fleet.send(() => this.#pressOn(message, action), this.plan.presses).catch(() => []);
      await this.#until(() => act.saying(words)?.ts !== message?.ts);
    };
    while (!signal.aborted) {
      const offer = act.messages.findLast((message) => offers(message, ACTIONS.finishInAdobe));
      const { ends } = act;
      if (ends.some((end) => end !== 'not done') || (ends.length > 0 && offer === undefined)) return;
      if (act.saying(TO_PRESS) !== undefined && !this.hasPressedInAdobe) {
        if (this.plan.isLeft) await press(TO_PRESS, ACTIONS.notNow);
        else {
          pressing();
          this.hasPressedInAdobe = true;
          world.adobe.migrateElsewhere(act.technicalAccountId);
        }
      } else if (offer !== undefined) await press('*Not migrated*', ACTIONS.finishInAdobe);
      await delay(50);
    }
  }

  async #pressOn(message: { channel: string; ts: string } | undefined, action: string): Promise<DeliveryResult> {
    if (message === undefined) throw new Error('the message is gone');
    return this.#scene.world.slack.press(ADMIN, message, action);
  }

  /** Waits for a change; false if nothing changed within a person's patience. */
  async #until(isChanged: () => boolean): Promise<boolean> {
    const until = performance.now() + PATIENCE;
    while (!isChanged() && !this.#scene.signal.aborted && performance.now() < until) await delay(20);
    return isChanged();
  }
}

function offers({ blocks }: SeenMessage, action: string): boolean {
  return JSON.stringify(blocks).includes(`"${action}"`);
}
