import { Injectable } from '@nestjs/common';
import type { Uuid } from '../../../common/context';
import { Channels, type ConnectionSummary } from '../../channels';
import { ConnectionGone, TextBesideTemplate } from '../domain/errors';
import { checkCaption } from '../domain/media-limits';
import type { MediaReference } from '../domain/message-content';
import { checkText } from '../domain/reply-text';
import { AttachedMedia } from './media/attached-media';
import { TemplateContent, type ComposedTemplate, type TemplateChoice } from './template-content';

/** What someone wants to say: a template, or a text, files or both. */
export interface Said {
  readonly text?: string | undefined;
  readonly template?: TemplateChoice | undefined;
  /** Uploads that go with it. */
  readonly mediaIds?: readonly Uuid[] | undefined;
}

/** Makes a message's content of what someone wants to say. */
@Injectable()
export class ReplyContent {
  constructor(
    private readonly channels: Channels,
    private readonly templates: TemplateContent,
    private readonly files: AttachedMedia,
  ) {}

  /**
   * With the purpose that the person must have consented to. Throws `TextNotSendable`, `TextBesideTemplate`, `ConnectionGone`,
   * `MediaNotSendable` and what {@link TemplateContent.compose} throws.
   */
  async of(
    { text = '', template, mediaIds = [] }: Said,
    connectionId: Uuid | null,
  ): Promise<ComposedTemplate> {
    if (template) {
      if (text !== '' || mediaIds.length > 0) throw new TextBesideTemplate();
      return this.templates.compose(template, await this.connection(connectionId));
    }
    if (mediaIds.length === 0 || text !== '') checkText(text);
    const media = mediaIds.length > 0 ? await this.take(mediaIds, text, connectionId) : [];
    return { content: { text: text === '' ? null : text, media, template: null }, purpose: 'transactional' };
  }

  private async take(
    mediaIds: readonly Uuid[],
    text: string,
    connectionId: Uuid | null,
  ): Promise<MediaReference[]> {
    const { channel, provider } = await this.connection(connectionId);
    const files = await this.files.take(mediaIds, channel);
    checkCaption(provider, text, files);
    return files.map(({ id }) => ({ id }));
  }

  private async connection(id: Uuid | null): Promise<ConnectionSummary> {
    const connection = id && (await this.channels.connection(id));
    if (!connection) throw new ConnectionGone();
    return connection;
  }
}
