import { daysLeft } from '../reminders/windows.ts';
import { chartMessage } from '../slack/messages/chart.ts';
import type { Subcommand } from './subcommand.ts';

export const chart: Subcommand = {
  name: 'chart',
  usage: 'chart',
  summary: 'how many are left day by day, and when the last will be migrated at this pace',
  isReadOnly: true,
  async run({ reply }, { trends, settings, clock }) {
    await reply(chartMessage(await trends.current(), daysLeft(settings.reminders, clock.now())));
  },
};
