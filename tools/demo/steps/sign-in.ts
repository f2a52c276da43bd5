import { OperatorError } from '../../embedded';
import type { AuditLog } from '../frontdesk';
import type { Step } from '../scene';

/** The owner signs in. */
export const signIn: Step = async (scene) => {
  const { frontdesk, out, email, password } = scene;
  out.step('The owner signs in');
  const { status, body } = await frontdesk.signIn(email, password);
  if (status !== 200)
    throw new OperatorError(
      `${email} cannot sign in (${status} ${body.code ?? ''}): is demo.json that of this server?`,
    );
  const { user, organization, role } = body;
  scene.ownerId = user.id;
  out.tell(`${user.email}, ${role} of ${organization.name}`);
  out.expect('the role', role, 'owner');

  const [trace] = await frontdesk.list<AuditLog>(`/audit-logs?eventType=tenancy.sign-in&actor=${user.id}`);
  out.left('audit_log', { eventType: trace?.eventType, actorType: trace?.actorType });
  out.expect('the actor of the newest sign-in', trace?.actor, user.id);
};
