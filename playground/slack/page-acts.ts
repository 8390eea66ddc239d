import type { Sent } from './app-link.ts';
import type { PageAct, PageActResult } from './contract.ts';
import type { LocalSlack } from './local-slack.ts';

/** Does what the visitor did on the page, and says in words what did not work. */
export async function pageAct(slack: LocalSlack, act: PageAct): Promise<PageActResult> {
  try {
    switch (act.kind) {
      case 'command':
        if (act.threadTs !== undefined) {
          const [command = ''] = act.text.split(/\s/);
          return { ok: false, problem: `${command} is not supported in threads. Sorry!` };
        }
        return result(slack.commandName, await slack.command(act.user, act.channel, act.text));
      case 'say':
        slack.say(act.user, act.channel, act.text, act.threadTs);
        return { ok: true };
      case 'read':
        slack.read(act.user, act.channel);
        return { ok: true };
      case 'press':
        return result(
          'This',
          await slack.press(act.user, act.container, act.actionId, {
            blockId: act.blockId,
            ...(act.selected === undefined ? {} : { selected: act.selected }),
            ...(act.values === undefined ? {} : { values: act.values }),
          }),
        );
      case 'suggest': {
        const { blockId } = act;
        const sent = await slack.suggest(act.user, act.container, act.actionId, act.query, { blockId });
        return sent.problem === undefined ? { ok: true, options: sent.options } : result('The menu', sent);
      }
      case 'submit':
        return result('The form', await slack.submit(act.user, act.viewId, act.values));
      case 'close':
        await slack.closeView(act.user, act.viewId);
        return { ok: true };
      case 'home':
        return result('The Home tab', await slack.openHome(act.user));
    }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

function result(what: string, sent: Sent): PageActResult {
  if (sent.problem === undefined) return { ok: true };
  const why = {
    operation_timeout: 'the app did not answer within 3 seconds',
    dispatch_failed: sent.status === 0 ? 'the app cannot be reached' : `the app answered ${sent.status}`,
  }[sent.problem];
  return { ok: false, problem: `${what} failed: ${why}` };
}
