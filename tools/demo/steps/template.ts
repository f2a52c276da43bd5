import type { Message, Template } from '../frontdesk';
import { eventually, type Scene, type Step } from '../scene';

const NAME = 'Demo reminder';
const ASKS_FOR_A_RESERVED_WORD = 'Hi {{name}}, see you on {{day}}. Reply CANCEL to cancel.';
const BODY = 'Hi {{name}}, see you on {{day}}. Reply 1 to confirm, 2 to cancel.';
const VARIABLES = [
  { name: 'name', type: 'text', example: 'Ada', maxLength: 100 },
  { name: 'day', type: 'date', example: '2026-01-09', maxLength: 10 },
];
const TEXT = 'Hi Ada, see you on January 9, 2026. Reply 1 to confirm, 2 to cancel.';

/** The template of an earlier run, or a new one. */
async function template({ frontdesk, out }: Scene): Promise<Template | undefined> {
  const known = await frontdesk.list<Template>(`/message-templates?search=${encodeURIComponent(NAME)}`);
  const found = known.find(({ name }) => name === NAME);
  if (found) {
    out.tell(`the template “${NAME}” is there already, by an earlier run`);
    return found;
  }
  const made = { name: NAME, language: 'en', consentPurpose: 'transactional', variables: VARIABLES };
  const refused = await frontdesk.post<Template>('/message-templates', {
    ...made,
    body: ASKS_FOR_A_RESERVED_WORD,
  });
  const [error] = refused.body.errors ?? [];
  out.tell(`“${ASKS_FOR_A_RESERVED_WORD}” was refused: CANCEL would unsubscribe them`);
  out.expect('the refusal', [refused.status, error?.code], [422, 'reserved_word']);
  const { status, body } = await frontdesk.post<Template>('/message-templates', { ...made, body: BODY });
  out.tell(`“${BODY}” was answered ${status}`);
  out.expect('the answer', status, 201);
  return status === 201 ? body : undefined;
}

/** A text with blanks is kept as a template, and sent to the customer. */
export const sendTemplate: Step = async (scene) => {
  const { frontdesk, twilio, out, customer, conversationId } = scene;
  out.step('The owner writes a template, and sends it');
  const made = await template(scene);
  if (!made) return;
  const { status, body } = await frontdesk.post<Message>(`/conversations/${conversationId}/messages`, {
    template: { id: made.id, variables: { name: 'Ada', day: '2026-01-09' } },
  });
  out.expect('the answer to the message', status, 201);
  const message = await eventually(
    scene,
    () => frontdesk.read<Message>(`/messages/${body.id}`),
    (found) => found.status === 'delivered',
  );
  const shown = (await twilio.phone(customer.address)).at(-1)?.body;
  out.says('Owner', shown ?? '');
  out.left('message', { status: message.status, consentPurpose: message.consentPurpose });
  out.expect('the status of the message', message.status, 'delivered');
  out.expect('what the phone shows', shown, TEXT);
};
