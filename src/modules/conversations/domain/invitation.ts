import { TemplateVariablesInvalid } from './template-errors';
import type { TemplateRenderer } from './template-rendering';

/** Says why a text invites its reader to answer with a word that changes consent; null where it does not. */
export type InvitationLinter = (text: string) => string | null;

/**
 * The same, and no text that comes of it is such an invitation: a template does not tell what its values will be. Throws
 * {@link TemplateVariablesInvalid}.
 */
export function withoutInvitation(render: TemplateRenderer, invitation: InvitationLinter): TemplateRenderer {
  return (values) => {
    const rendered = render(values);
    const reason = rendered.text === null ? null : invitation(rendered.text);
    if (reason === null) return rendered;
    throw new TemplateVariablesInvalid([{ field: 'variables', code: 'reserved_word', message: reason }]);
  };
}
