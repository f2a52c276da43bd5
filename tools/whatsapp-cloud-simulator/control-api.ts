import { ControlRoutes, type Action } from '../twilio-simulator/control-api';
import { SimulatorInputError } from '../twilio-simulator/errors';
import {
  accountInput,
  cloudFaultInput,
  inboundInputs,
  numberInput,
  settingsInput,
  statusInputs,
  TEMPLATE_STATES,
  templateInput,
} from './control-input';
import type { WhatsappCloudSimulator } from './simulator';

const DEFAULT_LIMIT = '1000';

/** `/simulator/…`: what tests do in process, over HTTP and in JSON. */
export function controlApi(simulator: WhatsappCloudSimulator): ControlRoutes {
  return new ControlRoutes('whatsapp-cloud-simulator', {
    ...objects(simulator),
    ...events(simulator),
    ...behaviour(simulator),
  });
}

function objects(simulator: WhatsappCloudSimulator): Record<string, Action> {
  return {
    'GET /simulator/health': () => ({ status: 'ok', ...simulator.counts }),
    'GET /simulator/accounts': () => ({ accounts: simulator.accounts() }),
    'POST /simulator/accounts': (fields) => simulator.addAccount(accountInput(fields)),
    'GET /simulator/numbers': () => ({ numbers: simulator.numbers() }),
    'POST /simulator/numbers': (fields) => simulator.addNumber(numberInput(fields)),
    'GET /simulator/templates': () => ({ templates: simulator.templates() }),
    'POST /simulator/templates': (fields) => simulator.addTemplate(templateInput(fields)),
    'DELETE /simulator/templates': (_fields, query) => ({
      removed: simulator.removeTemplate(query.get('id') ?? ''),
    }),
    'DELETE /simulator/media': (_fields, query) => ({
      removed: simulator.removeMedia(query.get('id') ?? ''),
    }),
    'GET /simulator/messages': (_fields, query) => messages(simulator, query),
  };
}

function events(simulator: WhatsappCloudSimulator): Record<string, Action> {
  return {
    'POST /simulator/inbound': (fields) => simulator.receive(...inboundInputs(fields)),
    'POST /simulator/signed': (fields) => simulator.signedInbound(...inboundInputs(fields)),
    'POST /simulator/status': (fields) => simulator.reportStatuses(...statusInputs(fields)),
    'POST /simulator/preference': (fields) =>
      simulator.deliver(
        simulator.signedPreference(
          fields.string('numberId'),
          { from: fields.optionalString('from'), userId: fields.optionalString('userId') },
          fields.oneOf('value', ['stop', 'resume']),
        ),
      ),
    'POST /simulator/templates/decide': (fields) =>
      simulator.decideTemplate(
        fields.string('id'),
        fields.oneOf('status', TEMPLATE_STATES),
        fields.optionalString('reason'),
      ),
    'POST /simulator/handshake': async (fields) => ({
      accepted: await simulator.handshake(fields.string('url'), fields.string('verifyToken')),
    }),
  };
}

function behaviour(simulator: WhatsappCloudSimulator): Record<string, Action> {
  return {
    'GET /simulator/faults': () => ({ faults: simulator.faults.list() }),
    'POST /simulator/faults': (fields) => simulator.faults.add(cloudFaultInput(fields)),
    'DELETE /simulator/faults': (_fields, query) => ({
      removed: simulator.faults.clear({
        id: query.get('id') ?? undefined,
        accountSid: query.get('accountId') ?? undefined,
      }),
    }),
    'GET /simulator/violations': () => ({ violations: simulator.violations() }),
    'DELETE /simulator/violations': () => ({ removed: simulator.clearViolations() }),
    'GET /simulator/settings': () => simulator.settings,
    'POST /simulator/settings': (fields) => simulator.configure(settingsInput(fields)),
  };
}

/** What was sent, newest first. */
function messages(simulator: WhatsappCloudSimulator, query: URLSearchParams): unknown {
  const limit = query.get('limit') ?? DEFAULT_LIMIT;
  if (!/^\d{1,6}$/.test(limit)) throw new SimulatorInputError('limit must be a whole number');
  const found = simulator.messages({
    to: query.get('to') ?? undefined,
    numberId: query.get('numberId') ?? undefined,
    accountId: query.get('accountId') ?? undefined,
  });
  return { total: found.length, messages: found.reverse().slice(0, Number(limit)) };
}
