import { expect, onTestFinished, test, vi } from 'vitest';
import { AckReplies } from '../../src/slack/ack-replies.ts';
import { textMessage } from '../../src/slack/messages/blocks.ts';

test('a reply after more than half a second is sent by its own call, even where the process was too busy to acknowledge earlier', async () => {
  // With fake timers none fires, as in a busy process.
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const sent: string[] = [];
  const ack = async (reply?: unknown) => void sent.push(reply === undefined ? 'ack' : 'ack with the reply');
  const respond = async () => void sent.push('reply');
  const busy = new AckReplies(ack, respond);
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 501);
  await busy.reply(textMessage('the list'));
  expect(sent.splice(0)).toEqual(['ack', 'reply']);
  await new AckReplies(ack, respond).reply(textMessage('the list'));
  expect(sent).toEqual(['ack with the reply']);
});
