import { randomBytes } from 'node:crypto';
import type { State, StoredFile } from './state.ts';

interface Upload {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  content: Buffer | null;
}

/** Files being uploaded: each gets an address that accepts its bytes once, before the file is shared. */
export class Uploads {
  readonly #state: State;
  readonly #baseUrl: () => string;
  readonly #issued = new Map<string, Upload>();

  constructor(state: State, baseUrl: () => string) {
    this.#state = state;
    this.#baseUrl = baseUrl;
  }

  issue(name: string, length: number): { readonly upload_url: string; readonly file_id: string } {
    const secret = randomBytes(12).toString('hex');
    const id = this.#state.newId('F');
    this.#issued.set(secret, { id, name, length, content: null });
    return { upload_url: `${this.#baseUrl()}/upload/${secret}`, file_id: id };
  }

  /** Accepts the bytes; false for an unknown address, or for more or fewer bytes than announced. */
  take(secret: string, content: Buffer): boolean {
    const upload = this.#issued.get(secret);
    if (upload === undefined || upload.content !== null || upload.length !== content.length) return false;
    upload.content = content;
    return true;
  }

  /** The file with this id once its bytes have arrived; it can be shared only once. */
  complete(id: string): StoredFile | undefined {
    for (const [secret, { content, name, ...upload }] of this.#issued) {
      if (upload.id !== id || content === null) continue;
      this.#issued.delete(secret);
      return { id, name, content };
    }
    return undefined;
  }
}
