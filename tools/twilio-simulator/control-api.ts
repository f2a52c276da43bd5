import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  REPORTABLE,
  accountInput,
  behaviourInput,
  callInput,
  contentInput,
  faultInput,
  numberInput,
  receiveInput,
  settingsInput,
  withheldCallInput,
} from './control-input';
import { SimulatorInputError } from './errors';
import { Fields } from './fields';
import { BodyTooLargeError, readBody, sendJson } from './http-io';
import { DIRECTIONS } from './model';
import type { TwilioSimulator } from './simulator';

const BODY_LIMIT = 1024 * 1024;
const DEFAULT_LIMIT = 1000;

/** Answers a control request from its fields and its query; bad input throws a SimulatorInputError. */
export type Action = (fields: Fields, query: URLSearchParams) => unknown;

/** Control routes of a simulator, by method and path. */
export class ControlRoutes {
  readonly #routes: ReadonlyMap<string, Action>;

  constructor(
    private readonly name: string,
    routes: Readonly<Record<string, Action>>,
  ) {
    this.#routes = new Map(Object.entries(routes));
  }

  /** Answers any request; bad input is 400 and says what is wrong. Never throws. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const action = this.#routes.get(`${request.method} ${url.pathname}`);
    if (!action) {
      sendJson(response, 404, { message: 'no such control route' });
      return;
    }
    try {
      const text = await readBody(request, BODY_LIMIT);
      const answer: unknown = await action(Fields.parse(text), url.searchParams);
      sendJson(response, 200, answer);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      sendJson(response, this.#statusOf(error), { message });
    }
  }

  #statusOf(error: unknown): number {
    if (error instanceof SimulatorInputError) return 400;
    if (error instanceof BodyTooLargeError) return 413;
    console.error(`${this.name}:`, error);
    return 500;
  }
}

/** `/simulator/…`: what tests do in process, over HTTP and in JSON. */
export function controlApi(simulator: TwilioSimulator): ControlRoutes {
  return new ControlRoutes('twilio-simulator', routesOf(simulator));
}

function routesOf(simulator: TwilioSimulator): Record<string, Action> {
  return {
    'GET /simulator/health': () => ({ status: 'ok', ...simulator.counts }),
    'GET /simulator/accounts': () => ({ accounts: simulator.accounts() }),
    'POST /simulator/accounts': (fields) => simulator.addAccount(accountInput(fields)),
    'POST /simulator/tokens/rotate': (fields) =>
      simulator.rotateToken(fields.string('accountSid'), fields.optionalString('authToken')),
    'GET /simulator/numbers': () => ({ numbers: simulator.numbers() }),
    'POST /simulator/numbers': (fields) => simulator.addNumber(numberInput(fields)),
    'GET /simulator/contents': (_fields, query) => ({
      contents: simulator.contents.list(query.get('accountSid') ?? undefined),
    }),
    'POST /simulator/contents': (fields) => simulator.addContent(contentInput(fields)),
    'DELETE /simulator/contents': (_fields, query) => ({
      removed: simulator.contents.remove(query.get('sid') ?? ''),
    }),
    'POST /simulator/inbound': (fields) => simulator.receive(receiveInput(fields)),
    'POST /simulator/withheld': (fields) => ({ messageSid: simulator.withhold(receiveInput(fields)) }),
    'POST /simulator/signed': (fields) => simulator.signedInbound(receiveInput(fields)),
    'POST /simulator/calls': (fields) => simulator.call(callInput(fields)),
    'POST /simulator/withheld-calls': (fields) => simulator.withholdCall(withheldCallInput(fields)),
    'GET /simulator/calls': (_fields, query) => ({
      calls: simulator.calls(query.get('accountSid') ?? undefined),
    }),
    'POST /simulator/callees': (fields) => {
      simulator.onCall(fields.string('address'), behaviourInput(fields));
      return { address: fields.string('address') };
    },
    'GET /simulator/messages': (_fields, query) => messages(simulator, query),
    'POST /simulator/status': (fields) =>
      simulator.reportStatus(
        fields.string('messageSid'),
        fields.oneOf('status', REPORTABLE),
        fields.optionalInteger('errorCode'),
      ),
    'POST /simulator/opt-outs': (fields) => setOptOut(simulator, fields),
    'GET /simulator/faults': () => ({ faults: simulator.faults.list() }),
    'POST /simulator/faults': (fields) => simulator.faults.add(faultInput(fields)),
    'DELETE /simulator/faults': (_fields, query) => ({
      removed: simulator.faults.clear({
        id: query.get('id') ?? undefined,
        accountSid: query.get('accountSid') ?? undefined,
      }),
    }),
    'GET /simulator/violations': () => ({ violations: simulator.violations() }),
    'DELETE /simulator/violations': () => ({ removed: simulator.clearViolations() }),
    'GET /simulator/settings': () => simulator.settings,
    'POST /simulator/settings': (fields) => simulator.configure(settingsInput(fields)),
  };
}

function messages(simulator: TwilioSimulator, query: URLSearchParams): unknown {
  const limit = query.get('limit') ?? String(DEFAULT_LIMIT);
  if (!/^\d{1,6}$/.test(limit)) throw new SimulatorInputError('limit must be a whole number');
  const wanted = query.get('direction') ?? undefined;
  const direction = DIRECTIONS.find((known) => known === wanted);
  if (direction !== wanted) {
    throw new SimulatorInputError(`direction must be one of ${DIRECTIONS.join(', ')}`);
  }
  const found = simulator.messages({
    accountSid: query.get('accountSid') ?? undefined,
    to: query.get('to') ?? undefined,
    from: query.get('from') ?? undefined,
    direction,
  });
  return { total: found.length, messages: found.slice(0, Number(limit)) };
}

function setOptOut(simulator: TwilioSimulator, fields: Fields): unknown {
  const accountSid = fields.string('accountSid');
  const address = fields.string('address');
  const optedOut = fields.optionalBoolean('optedOut') ?? true;
  if (optedOut) simulator.optOut(accountSid, address);
  else simulator.optIn(accountSid, address);
  return { accountSid, address, optedOut };
}
