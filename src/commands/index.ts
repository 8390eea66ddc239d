import { chart } from './chart.ts';
import { exportList } from './export.ts';
import { faq } from './faq.ts';
import { helpOn } from './help.ts';
import { history } from './history.ts';
import { list } from './list.ts';
import { migrate } from './migrate.ts';
import { remind } from './remind.ts';
import { status } from './status.ts';
import type { Subcommand } from './subcommand.ts';

const help = helpOn(() => subcommands);

/** Every subcommand, in the order of the help. A new one is a file and a line here. */
export const subcommands: readonly Subcommand[] = [
  list,
  migrate,
  status,
  chart,
  history,
  exportList,
  remind,
  faq,
  help,
];
