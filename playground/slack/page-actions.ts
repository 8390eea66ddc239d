import type { PageAction, PageActionResult } from './contract.ts';
import type { FormValues } from './input.ts';
import type { Option, PressOptions } from './people-actions.ts';
import type { Place } from './places.ts';
import type { DeliveryResult } from './transport.ts';

/** What a person does in Slack, as the local Slack offers it. Each method throws an Error worded for the visitor. */
export interface SlackActions {
  readonly commandName: string;
  command(userId: string, channel: string, text: string): Promise<DeliveryResult>;
  sendMessage(userId: string, channel: string, text: string, threadTs?: string): unknown;
  read(userId: string, channel: string): void;
  press(userId: string, place: Place, actionId: string, options: PressOptions): Promise<DeliveryResult>;
  suggest(
    userId: string,
    place: Place,
    actionId: string,
    query: string,
    options: PressOptions,
  ): Promise<DeliveryResult & { readonly options: readonly Option[] }>;
  submit(userId: string, viewId: string, values: FormValues): Promise<DeliveryResult>;
  closeView(userId: string, viewId: string): Promise<DeliveryResult | null>;
  openHome(userId: string): Promise<DeliveryResult>;
}

/** Performs a visitor's action; a failure is returned as a sentence for the visitor, never thrown. */
export async function performPageAction(slack: SlackActions, action: PageAction): Promise<PageActionResult> {
  try {
    switch (action.kind) {
      case 'command':
        if (action.threadTs !== undefined) {
          const [command = ''] = action.text.split(/\s/);
          return { ok: false, error: `${command} is not supported in threads. Sorry!` };
        }
        return result(slack.commandName, await slack.command(action.user, action.channel, action.text));
      case 'message':
        slack.sendMessage(action.user, action.channel, action.text, action.threadTs);
        return { ok: true };
      case 'read':
        slack.read(action.user, action.channel);
        return { ok: true };
      case 'press':
        return result(
          'This',
          await slack.press(action.user, action.container, action.actionId, {
            blockId: action.blockId,
            ...(action.selected === undefined ? {} : { selected: action.selected }),
            ...(action.values === undefined ? {} : { values: action.values }),
          }),
        );
      case 'suggest': {
        const { blockId } = action;
        const sent = await slack.suggest(action.user, action.container, action.actionId, action.query, { blockId });
        return sent.error === undefined ? { ok: true, options: sent.options } : result('The menu', sent);
      }
      case 'submit':
        return result('The form', await slack.submit(action.user, action.viewId, action.values));
      case 'close':
        await slack.closeView(action.user, action.viewId);
        return { ok: true };
      case 'home':
        return result('The Home tab', await slack.openHome(action.user));
    }
  } catch (error) {
    return { ok: false, error: error instanceof Error ? error.message : String(error) };
  }
}

function result(what: string, sent: DeliveryResult): PageActionResult {
  if (sent.error === undefined) return { ok: true };
  const why = {
    operation_timeout: 'the app did not respond within 3 seconds',
    dispatch_failed: sent.status === 0 ? 'the app cannot be reached' : `the app responded with status ${sent.status}`,
  }[sent.error];
  return { ok: false, error: `${what} failed: ${why}` };
}
