import { BACKUP_HELP, backUp } from './backup/backup.ts';
import { runCommand } from './backup/command.ts';

/** `npm run backup`: `--help` says what it does. */
await runCommand(BACKUP_HELP, backUp);
