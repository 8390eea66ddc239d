import type { webApi } from '@slack/bolt';
import type { ExportFile, ExportMessages, ExportOutcome } from '../credentials/exports.ts';
import { errorCodeOf, isSlackUrl, rejectionIn } from './capability-urls.ts';
import { isNotProcessed, retryAfterMs, slackErrorCode, translateRateLimit } from './errors.ts';
import { exportHeader, exportLines, exportMessage, exportName } from './messages/export.ts';
import { postMessage } from './posting.ts';

/** Timeout for uploading a file, which may be large on a slow connection. Milliseconds. */
const UPLOAD_MS = 120_000;

/** Sends files, as direct messages. */
export class SlackFiles implements ExportMessages {
  readonly #client: webApi.WebClient;

  /** @param client created with `MIGRATION_CLIENT`: a call whose response is lost is not repeated */
  constructor(client: webApi.WebClient) {
    this.#client = client;
  }

  exportHeader = exportHeader;
  exportLines = exportLines;

  /** Posts the message before the file only once Slack has the bytes: without a file there is no message. */
  async sendExport(userId: string, file: ExportFile): Promise<ExportOutcome> {
    const client = this.#client;
    const filename = exportName(file);
    try {
      const { upload_url: url = '', file_id: id = '' } = await client.files.getUploadURLExternal({
        filename,
        length: file.content.size,
      });
      const why = await upload(url, client.slackApiUrl, file.content);
      if (why !== null) return { kind: 'not_taken', why };
      const { channel } = await postMessage(client, userId, exportMessage(file));
      await client.files.completeUploadExternal({ files: [{ id, title: filename }], channel_id: channel });
      return { kind: 'sent' };
    } catch (error) {
      if (retryAfterMs(error) !== null) throw translateRateLimit(error);
      const code = slackErrorCode(error);
      if (code === 'missing_scope') return { kind: 'missing_scope' };
      return isNotProcessed(error) ? { kind: 'not_taken', why: code ?? errorCodeOf(error) } : { kind: 'unclear' };
    }
  }
}

/**
 * Uploads the bytes. Returns why Slack did not accept them, in one word; null if it did. Source:
 * https://docs.slack.dev/messaging/working-with-files
 */
async function upload(url: string, apiUrl: string, content: Blob): Promise<string | null> {
  if (!isSlackUrl(url, apiUrl, 'files')) return 'not an address of Slack';
  try {
    const signal = AbortSignal.timeout(UPLOAD_MS);
    const response = await fetch(url, { method: 'POST', body: content, redirect: 'error', signal });
    const text = await response.text();
    return response.status >= 300 ? `HTTP ${response.status}` : rejectionIn(text);
  } catch (error) {
    return errorCodeOf(error);
  }
}
