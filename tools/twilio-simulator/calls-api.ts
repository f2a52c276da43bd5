import type { ServerResponse } from 'node:http';
import { isHttpUrl } from './addresses';
import type { Calls } from './calls';
import { TwilioError, SimulatorInputError } from './errors';
import type { FaultTarget, Faults } from './faults';
import { given, sendJson } from './http-io';
import type { Account } from './model';
import { callPage } from './list-calls';
import { callResource } from './phone-call';
import type { Store } from './store';
import { parseTwiml } from './twiml';

const ROUTE =
  /^\/2010-04-01\/Accounts\/[^/]+\/(?:Calls(?:\/(?<call>CA[0-9a-f]{32}))?\.json|Recordings\/(?<recording>RE[0-9a-f]{32})(?<type>\.json|\.mp3|\.wav)?)$/;
const E164 = /^\+[1-9]\d{6,14}$/;

/** A request that was authenticated. */
export interface CallsRequest {
  readonly method: string;
  readonly url: URL;
  readonly account: Account;
  readonly form: URLSearchParams;
  readonly response: ServerResponse;
  /** @throws TwilioError when the request is not valid by the published description */
  readonly refuseInvalid: () => void;
}

/** Calls and recordings of the REST API. */
export class CallsApi {
  constructor(
    private readonly store: Store,
    private readonly calls: Calls,
    private readonly faults: Faults,
    /** Faults that strike before anything is recorded. */
    private readonly early: (target: FaultTarget) => Promise<void>,
    private readonly hangUp: () => never,
  ) {}

  serves({ pathname }: URL): boolean {
    return ROUTE.test(pathname);
  }

  async handle(request: CallsRequest): Promise<void> {
    const { call, recording, type } = ROUTE.exec(request.url.pathname)?.groups ?? {};
    if (recording !== undefined) return this.#recording(request, recording, type);
    if (request.method === 'POST' && call === undefined) return this.#create(request);
    if (request.method !== 'GET') throw new TwilioError(405, 20004);
    request.refuseInvalid();
    const { account, url, response } = request;
    await this.early({ accountSid: account.sid, to: url.searchParams.get('To'), on: 'read' });
    const found = this.calls.listed(account.sid);
    if (call === undefined) {
      sendJson(response, 200, callPage(found, url.pathname, url.searchParams));
      return;
    }
    const own = found.find(({ sid }) => sid === call);
    if (!own) throw new TwilioError(404, 20404);
    sendJson(response, 200, callResource(own));
  }

  async #create({ account, form, response, refuseInvalid }: CallsRequest): Promise<void> {
    const target: FaultTarget = { accountSid: account.sid, to: form.get('To'), on: 'create' };
    await this.early(target);
    if (account.status !== 'active') throw new TwilioError(401, 20003, 'Account is not active');
    const to = given(form, 'To');
    const from = given(form, 'From') ?? '';
    if (to === null) throw new TwilioError(400, 21201, 'No "To" number is specified');
    if (!E164.test(to)) throw new TwilioError(400, 21211);
    if (this.store.number(from)?.accountSid !== account.sid)
      throw new TwilioError(400, 21210, `"From" phone number not verified: ${from}`);
    const document = given(form, 'Twiml') ?? '';
    const statusCallback = given(form, 'StatusCallback');
    if (statusCallback !== null && !isHttpUrl(statusCallback)) throw new TwilioError(400, 21609);
    refuseInvalid();
    checkDocument(document);
    const events = form.getAll('StatusCallbackEvent');
    const statusCallbackEvents = events.length > 0 ? events : ['completed'];
    const call = this.calls.create({
      accountSid: account.sid,
      from,
      to,
      statusCallback,
      statusCallbackEvents,
    });
    const answer = callResource(call);
    const drop = this.faults.take('drop', target);
    if (drop?.callbacks === false) call.statusCallback = null;
    this.calls.place(call, document);
    if (drop) this.hangUp();
    sendJson(response, 201, answer);
  }

  async #recording(
    { method, account, response, refuseInvalid }: CallsRequest,
    sid: string,
    type: string | undefined,
  ): Promise<void> {
    refuseInvalid();
    await this.early({ accountSid: account.sid, to: null, on: 'read' });
    const found = this.calls.recording(sid);
    if (found?.accountSid !== account.sid) throw new TwilioError(404, 20404);
    if (method === 'DELETE' && type === '.json') {
      this.calls.removeRecording(sid);
      response.writeHead(204).end();
      return;
    }
    if (method !== 'GET' || type === '.json') throw new TwilioError(405, 20004);
    const contentType = type === '.mp3' ? 'audio/mpeg' : 'audio/x-wav';
    response
      .writeHead(200, { 'Content-Type': contentType, 'Content-Length': found.content.length })
      .end(found.content);
  }
}

function checkDocument(document: string): void {
  try {
    parseTwiml(document);
  } catch (error) {
    if (error instanceof SimulatorInputError) throw new TwilioError(400, 12100, 'Document parse failure');
    throw error;
  }
}
