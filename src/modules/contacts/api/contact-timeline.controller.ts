import { Controller, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Principal } from '../../../common/auth';
import type { Uuid } from '../../../common/context';
import { CurrentPrincipal, IdParam, pageOf, Route, type Page } from '../../../common/http';
import { ContactTimeline } from '../app/contact-timeline.query';
import { TimelineItemDto, TimelineQueryDto } from './contact-timeline.dto';
import { EXAMPLE_ERRORS } from './example-errors';

@ApiTags('Contacts')
@Controller('contacts')
export class ContactTimelineController {
  constructor(private readonly timeline: ContactTimeline) {}

  @Route.get(':id/timeline', {
    summary: 'Read what happened with a contact',
    description:
      'Messages, consent, moves of the lead and changes of the record, newest first. Messages are left out for a caller without `conversations.read`.',
    permission: 'contacts.read',
    response: pageOf(TimelineItemDto),
    errors: [400, 422, ...EXAMPLE_ERRORS.gone],
  })
  read(
    @IdParam() contactId: Uuid,
    @Query() { type, limit, cursor }: TimelineQueryDto,
    @CurrentPrincipal() { permissions }: Principal,
  ): Promise<Page<TimelineItemDto>> {
    return this.timeline.page({ contactId, types: type, permissions, limit, cursor });
  }
}
