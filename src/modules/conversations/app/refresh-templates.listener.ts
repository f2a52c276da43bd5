import { Injectable } from '@nestjs/common';
import { Subscribe, type ListensTo } from '../../../common/events';
import { TemplatesReported } from '../../channels';
import { TemplateSyncQueue } from './template-sync-queue';

/** A provider told that a template is another one, or is judged otherwise: its account's templates are read at once. */
@Injectable()
@Subscribe(TemplatesReported, 'conversations.refresh-templates')
export class RefreshTemplates implements ListensTo<TemplatesReported> {
  constructor(private readonly queue: TemplateSyncQueue) {}

  handle({ payload: { connectionId } }: TemplatesReported): Promise<void> {
    return this.queue.add(connectionId);
  }
}
