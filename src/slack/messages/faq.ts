import { CONSOLE_LAST_DAY } from '../../reminders/windows.ts';
import { type Message, message } from './blocks.ts';

/** Source: Adobe's page "Migrate from JWT to OAuth Server-to-Server credentials" (Query Service guide), in our words. */
const QUESTIONS: readonly (readonly [question: string, answer: string])[] = [
  [
    'Why at all?',
    'Non-expiring credentials were built on JWT, which Adobe ended. OAuth Server-to-Server takes its place: no certificate to renew.',
  ],
  [
    'What if I do not migrate?',
    `After 30 June 2025 JWT credentials neither refresh nor authenticate, and whatever uses them fails. Adobe's Developer Console page lets JWT work until its certificate expires or ${CONSOLE_LAST_DAY}, whichever is earlier. Adobe cannot migrate for you.`,
  ],
  [
    'How do I know that I must?',
    'Everything under non-expiring credentials in Queries › Credentials must be migrated. `/qs-creds list` shows the same.',
  ],
  [
    'Do I have to change my jobs?',
    'No. The OAuth credential takes over by itself; jobs and integrations stay as they are.',
  ],
  ['Can I migrate all at once?', 'No, each one by itself: Adobe has no other way, and neither has this app.'],
  [
    'How long does it take? Can I stop it?',
    'About 30 to 40 seconds (later Adobe pages say 8 to 10). It cannot be cancelled once started and cannot be undone.',
  ],
  ['What about expiring credentials?', 'They are not affected.'],
  ['“No non-expiring credentials found.”', 'None was ever created, so there is nothing to do.'],
  [
    '“AEP admin verification failed”',
    'Whoever asks is not an admin or lacks the permission for non-expiring credentials. If that changed lately, an admin of your organisation migrates for you. If the app itself gets this answer, an operator gives its credential the rights.',
  ],
  [
    "Can I migrate somebody else's?",
    'Only admins can. The first migration in an organisation needs a system admin.',
  ],
];

/** Answer to `/qs-creds faq`. */
export function faqMessage(): Message {
  return message(QUESTIONS.map(([question, answer]) => `*${question}*\n${answer}`));
}
