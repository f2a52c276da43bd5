import { asUuid } from '../../../common/context';
import type { Reply } from '../app/reply-in-conversation.use-case';
import type { SendMessageDto } from './messages.dto';

/** What a request says, and when it is to be sent. */
export function saidIn({
  text,
  template,
  mediaIds,
  sendAt,
  cause,
}: SendMessageDto): Omit<Reply, 'conversationId' | 'author'> {
  return {
    ...{ text, sendAt, cause },
    template: template && { templateId: template.id, variables: template.variables ?? {} },
    mediaIds: mediaIds?.map(asUuid),
  };
}
