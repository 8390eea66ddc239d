// Not node's own --env-file-if-exists: an old Node rejects that option before it can say which version is needed, and a
// new one says at every start that there is no file.
import { existsSync } from 'node:fs';
import process from 'node:process';

if (existsSync('.env')) process.loadEnvFile('.env');
