/** @import { PanelState } from '../../panel/contract.ts' */
import { byId } from '../dom.js';
import { plural } from './format.js';
import { write } from './text.js';

/** @param {PanelState} state */
export function drawBot({ bot }) {
  byId('panel').dataset['bot'] = bot.state;
  write('bot-state', `Bot ${bot.state}`);
  write('bot-process', bot.pid === null ? 'none' : String(bot.pid));
  write('bot-starts', plural(bot.starts, 'time'));
  write('bot-last', bot.last);
  const isStopped = bot.state === 'stopped';
  for (const button of byId('bot-buttons').querySelectorAll('button')) {
    button.ariaDisabled = (button.dataset['panel'] === 'start') === isStopped ? null : 'true';
  }
}
