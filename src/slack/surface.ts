import type { webApi } from '@slack/bolt';
import type { HomeView, ModalView } from '@slack/types';
import type { Message } from './messages/blocks.ts';

/** Modals, Home and direct messages by Slack's Web API. */
export class SlackSurface {
  readonly #client: webApi.WebClient;

  constructor(client: webApi.WebClient) {
    this.#client = client;
  }

  async openModal(triggerId: string, view: ModalView): Promise<void> {
    await this.#client.views.open({ trigger_id: triggerId, view });
  }

  async publishHome(userId: string, view: HomeView): Promise<void> {
    await this.#client.views.publish({ user_id: userId, view });
  }

  async send(userId: string, message: Message): Promise<void> {
    await this.#client.chat.postMessage({
      channel: userId,
      ...message,
      unfurl_links: false,
      unfurl_media: false,
    });
  }
}
