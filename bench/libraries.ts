/** Loaded before the bare app: the libraries that the bot loads, so that both bear their cost. */
import 'axios';
import 'axios-retry';
import 'croner';
import 'kysely';
import 'node-cron';
import 'pg';
import 'pino';
import 'prom-client';
import 'ws';
import 'zod';
