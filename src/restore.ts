import { runCommand } from './backup/command.ts';
import { RESTORE_HELP, restore } from './backup/restore.ts';
import { readOrganisation } from './config/config.ts';

/** `npm run restore`: `--help` says what it does. */
await runCommand(RESTORE_HELP, (settings, file) => restore(settings, file, new Date(), readOrganisation()));
