/**
 * The baseline: a Bolt app that reads the same rows from the same database, sends the same blocks, and no more.
 * Run as a process with a plan in BARE_PLAN; prints its port.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { App } from '@slack/bolt';
import type { HomeView } from '@slack/types';
import type { BarePlan } from './bare.ts';

const plan: BarePlan = JSON.parse(readFileSync(String(process.env['BARE_PLAN']), 'utf8'));
const database = new DatabaseSync(plan.database, { readOnly: true });
const app = new App({
  token: plan.botToken,
  signingSecret: plan.signingSecret,
  endpoints: '/slack/events',
  clientOptions: { slackApiUrl: plan.slackApiUrl },
});

const reads = Object.entries(plan.acts).map(([text, { statements, reply }]) => {
  const prepared = statements.map(({ sql, parameters }) => ({ statement: database.prepare(sql), parameters }));
  const run = () => prepared.map(({ statement, parameters }) => statement.all(...parameters));
  return [text, { run, reply }] as const;
});
const acts = new Map(reads);

app.command('/qs-creds', async ({ ack, command }) => {
  const act = acts.get(command.text);
  act?.run();
  await ack(act?.reply as never);
});
app.event('app_home_opened', async ({ event, client }) => {
  const act = acts.get('home');
  act?.run();
  await client.views.publish({ user_id: event.user, view: act?.reply as unknown as HomeView });
});

const server = await app.start(0);
console.log(JSON.stringify({ port: (server.address() as AddressInfo).port }));
