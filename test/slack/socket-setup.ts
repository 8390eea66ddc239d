import { App } from '@slack/bolt';
import { expect, onTestFinished, vi } from 'vitest';
import { createLogger } from '../../src/lib/log.ts';
import { boltLogger } from '../../src/slack/bolt-logger.ts';
import { withRedelivery } from '../../src/slack/redelivery.ts';
import { type SocketLimits, SocketReceiver } from '../../src/slack/socket.ts';
import { type Reception, SocketServer } from './socket-server.ts';

/** Short where no test waits for the event, long where a busy machine might be too slow. */
export const LIMITS: SocketLimits = {
  helloMs: 5_000,
  pongMs: 5_000,
  goodbyeMs: 30,
  firstPauseMs: 5,
  longestPauseMs: 20,
  stableMs: 300,
  longestRetryAfterMs: 100,
};

/** An app in Socket Mode with a command and a menu; `done` records what their listeners did. */
export async function start(receptions: readonly Reception[] = [], limits: Partial<SocketLimits> = {}) {
  const server = new SocketServer();
  await server.start();
  onTestFinished(() => server.stop());
  server.receptions.push(...receptions);
  const lines: { level: string; msg: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const log = createLogger({ level: 'info', secrets: [], destination });
  const logger = boltLogger(log);
  const receiver = new SocketReceiver({
    appToken: 'xapp-1',
    logger,
    clientOptions: { slackApiUrl: server.apiUrl, logger, timeout: 10_000 },
    limits: { ...LIMITS, ...limits },
  });
  const authorize = async () => ({ botToken: 'xoxb-1', botId: 'B1', botUserId: 'U1' });
  const app = new App({ receiver: withRedelivery(receiver, log), logger, authorize, deferInitialization: true });
  await app.init();
  const done: string[] = [];
  app.command('/qs-creds', async ({ ack, command }) => {
    await ack();
    done.push(command.text);
  });
  app.options('pick', async ({ ack }) => {
    done.push('options');
    await ack({ options: [{ text: { type: 'plain_text', text: 'One' }, value: '1' }] });
  });
  app.error(async (error) => void lines.push({ level: 'error', msg: String(error) }));
  onTestFinished(() => receiver.stop());
  await receiver.start();
  return {
    app,
    server,
    receiver,
    done,
    lines,
    warnings: () => lines.filter(({ level }) => level !== 'info').map(({ msg }) => msg),
    connected: () => vi.waitFor(() => expect(receiver.state()).toEqual({ ok: true }), waiting),
    tried: (times: number) => vi.waitFor(() => expect(server.tries).toBe(times), waiting),
  };
}

/** Options for every wait. */
export const waiting = { timeout: 180_000, interval: 5 };

/** Asserts that a command reaches its listener, once. */
export async function expectCommandWorks({ server, done }: Awaited<ReturnType<typeof start>>): Promise<void> {
  const text = `command-${done.length}`;
  server.send(envelope(text, text));
  await vi.waitFor(() => expect(done.filter((each) => each === text)).toEqual([text]), waiting);
}

/** A slash command as Slack sends it. */
export function envelope(id: string, text: string, command = '/qs-creds'): object {
  const payload = { command, text, user_id: 'U2', team_id: 'T1', channel_id: 'C1' };
  return { type: 'slash_commands', envelope_id: id, payload, accepts_response_payload: true };
}
