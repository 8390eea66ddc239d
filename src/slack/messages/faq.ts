import { hasTwoSteps, type MethodName } from '../../migrations/steps.ts';
import { CONSOLE_LAST_DAY, QUERY_SERVICE_LAST_DAY } from '../../reminders/windows.ts';
import { line, type Message, note, toMessage } from './blocks.ts';
import { calendarDate } from './formatting.ts';
import { ADOBE_DURATION, HOW_TO_END, isConvertedByAdobe, isJwtOver, laterDate } from './terms.ts';

const QUERY_SERVICE_PAGE =
  'https://experienceleague.adobe.com/en/docs/experience-platform/query/ui/migrate-jwt-to-oauth';
const CONSOLE_PAGE =
  'https://developer.adobe.com/developer-console/docs/guides/authentication/ServerToServerAuthentication/migration/';

/** Adobe's own pages, shown last. */
const SOURCES = `Adobe's pages: <${QUERY_SERVICE_PAGE}|Query Service guide> · <${CONSOLE_PAGE}|Developer Console guide>`;

/**
 * Reply to `/qs-creds faq`. `deadline` is a date as `YYYY-MM-DD`. Source: Adobe's page "Migrate from JWT to OAuth
 * Server-to-Server credentials" (Query Service guide), in our words.
 */
export function faqMessage(deadline: string, method: MethodName, now: Date): Message {
  const questions: readonly (readonly [question: string, reply: string])[] = [
    [
      'Why migrate?',
      'Non-expiring credentials were built on JWT, which Adobe has ended. OAuth Server-to-Server replaces it, with no certificate to renew.',
    ],
    ["What if I don't migrate?", consequence(deadline, now)],
    [
      'How do I know if I need to migrate?',
      'Everything under non-expiring credentials in Queries › Credentials must be migrated. `/qs-creds list` shows the same.',
    ],
    [
      'Do I have to change my jobs?',
      `According to Adobe, no: the OAuth credential takes over automatically; jobs and integrations stay as they are.${isConvertedByAdobe(now) ? ' Only for those that people migrate: check the jobs of one that Adobe has converted automatically.' : ''}`,
    ],
    ['Can I migrate all at once?', 'No, only one at a time: Adobe offers no other way, and neither does this app.'],
    [
      'How long does it take? Can I stop it?',
      `About ${ADOBE_DURATION} (later Adobe pages say 8 to 10 seconds). ${stopWords(method)}`,
    ],
    ['What does Unfinished mean?', `Someone began the migration and has not finished it. ${HOW_TO_END}`],
    ['What about expiring credentials?', 'They are not affected.'],
    ['“No non-expiring credentials found.”', 'You have no non-expiring credentials. No action needed.'],
    [
      '“AEP admin verification failed”',
      "You're not an admin, or you lack the permission for non-expiring credentials. If that changed recently, ask an admin of your organisation to migrate for you. If the app itself gets this error, ask an operator to give its credential the rights.",
    ],
    [
      "Can I migrate someone else's credential?",
      'Only admins can. The first migration in an organisation needs a system admin.',
    ],
  ];
  return toMessage([...questions.map(([question, reply]) => line(`*${question}*\n${reply}`)), note(SOURCES)]);
}

function stopWords(method: MethodName): string {
  if (hasTwoSteps(method))
    return 'The first of its two steps can be undone, until the second one has finished it; that one cannot.';
  return 'It cannot be cancelled once started and cannot be undone.';
}

function consequence(deadline: string, now: Date): string {
  const isPast = now.toISOString().slice(0, 10) > deadline;
  const isOver = isPast || isJwtOver(now);
  const date = calendarDate(isOver && !isPast ? QUERY_SERVICE_LAST_DAY : deadline);
  const fails = isOver
    ? `Since ${date}, JWT credentials have not refreshed or authenticated, and everything that uses them fails.`
    : `After ${date}, JWT credentials no longer refresh or authenticate, and everything that uses them fails.`;
  const later =
    laterDate(now) ??
    `According to Adobe's Developer Console page, Adobe has converted what is left automatically since ${calendarDate(CONSOLE_LAST_DAY)}, which breaks clients that still use JWT.`;
  const byHand = isConvertedByAdobe(now) ? '' : ' Adobe cannot migrate for you.';
  return `${fails} ${later}${byHand}`;
}
