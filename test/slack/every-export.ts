import type { Message } from '../../src/slack/messages/blocks.ts';
import * as files from '../../src/slack/messages/export.ts';
import { NOW } from './samples.ts';

/** Every message about an export, by its builder. */
export function everyExport(count: number): Record<string, readonly Message[]> {
  return {
    exportComingMessage: [files.exportComingMessage()],
    exportMessage: [true, false].map((isCut) => files.exportMessage({ at: NOW, count, isCut })),
    exportFailedMessage: [
      { kind: 'under_way' } as const,
      { kind: 'missing_scope' } as const,
      { kind: 'not_taken', why: 'file_uploads_disabled' } as const,
      { kind: 'unclear' } as const,
    ].map(files.exportFailedMessage),
  };
}
