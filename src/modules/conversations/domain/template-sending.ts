import type { MessageTemplate, TemplateRoute } from './template';
import {
  TemplateNotActive,
  TemplateNotApproved,
  TemplateNotForChannel,
  TemplateOfAnotherAccount,
} from './template-errors';

/**
 * Throws why a template cannot be sent there: {@link TemplateNotActive}, {@link TemplateNotForChannel},
 * {@link TemplateOfAnotherAccount} or {@link TemplateNotApproved}. Our own go everywhere, as text.
 */
export function checkSendable({ isActive, heldBy }: MessageTemplate, route: TemplateRoute): void {
  if (!isActive) throw new TemplateNotActive();
  if (!heldBy) return;
  if (route.channel !== 'whatsapp') throw new TemplateNotForChannel();
  if (heldBy.provider !== route.provider || heldBy.accountId !== route.accountId)
    throw new TemplateOfAnotherAccount();
  if (heldBy.approval !== 'approved') throw new TemplateNotApproved();
}
