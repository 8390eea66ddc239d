// Replaces node's own --env-file-if-exists: an old Node rejects that option before the version check can run, and a new
// one reports a missing file at every start.
import { existsSync } from 'node:fs';
import process from 'node:process';

if (existsSync('.env')) process.loadEnvFile('.env');
