import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClosedError, type Background } from '../twilio-simulator/background';
import type { Faults, FaultTarget } from '../twilio-simulator/faults';
import { BodyTooLargeError, readBytes, sendJson } from '../twilio-simulator/http-io';
import { MetaError } from './errors';
import { messagesRequest } from './messages-request';
import type { Account, Message, PhoneNumber } from './model';
import { newWamid, type Store } from './store';

const BODY_LIMIT = 256 * 1024;
const PAGE = 25;
const ROUTE = /^\/v\d+\.\d+\/(?<id>\w+)(?:\/(?<edge>\w+))?$/;

/** Thrown to hang up on the client without an answer. */
class HangUp extends Error {}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  body: Buffer;
  /** The WABAs that the token opens. */
  accounts: Account[];
}

/** The part of the Graph API that is simulated. */
export class GraphApi {
  constructor(
    private readonly store: Store,
    private readonly faults: Faults,
    private readonly background: Background,
    private readonly accepted: (message: Message, target: FaultTarget) => void,
  ) {}

  /** Answers any request, with Meta's error JSON where it can't be served. Never throws. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    try {
      await this.#route(request, response, url);
    } catch (error) {
      if (error instanceof HangUp || error instanceof ClosedError) {
        request.socket.destroy();
        return;
      }
      const answer = asMetaError(error);
      sendJson(response, answer.status, answer.toJSON(), answer.headers);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const body = await readBytes(request, BODY_LIMIT);
    const call: Call = { request, response, url, body, accounts: this.#authenticate(request) };
    const { id = '', edge } = ROUTE.exec(url.pathname)?.groups ?? {};
    if (id === 'debug_token') {
      this.#debugToken(call);
      return;
    }
    const number = this.store.numbers.get(id);
    if (number && call.accounts.some((account) => account.id === number.accountId)) {
      if (edge === 'messages' && request.method === 'POST') return this.#send(call, number);
      if (edge === undefined && request.method === 'GET') {
        sendJson(response, 200, numberResource(number));
        return;
      }
    }
    const account = call.accounts.find((one) => one.id === id);
    if (account && request.method === 'GET') {
      await this.#earlyFaults({ accountSid: account.id, to: null, on: 'read' });
      if (edge === undefined) {
        sendJson(response, 200, { id, name: 'Simulated account' });
        return;
      }
      if (edge === 'phone_numbers') {
        this.#page(
          call,
          [...this.store.numbers.values()].filter((one) => one.accountId === id).map(numberResource),
        );
        return;
      }
      if (edge === 'message_templates') {
        this.#page(call, this.#templates(id));
        return;
      }
    }
    throw unknownObject(request.method ?? 'GET', id);
  }

  #authenticate(request: IncomingMessage): Account[] {
    const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
    const accounts = [...this.store.accounts.values()].filter((one) => one.accessToken === token);
    const [first] = accounts;
    if (token === undefined || !first) {
      const message = 'Invalid OAuth access token - Cannot parse access token';
      throw new MetaError(401, 190, { message });
    }
    const { tokenExpiresAt } = first;
    if (tokenExpiresAt !== null && tokenExpiresAt.getTime() <= Date.now()) {
      const message = `Error validating access token: Session has expired on ${tokenExpiresAt.toUTCString()}.`;
      throw new MetaError(401, 190, { message, subcode: 463 });
    }
    return accounts;
  }

  async #send(call: Call, number: PhoneNumber): Promise<void> {
    const body = readObject(call.body);
    const to = typeof body.to === 'string' ? body.to.replace(/^\+/, '') : null;
    const target: FaultTarget = { accountSid: number.accountId, to, on: 'create' };
    await this.#earlyFaults(target);
    const templates = [...this.store.templates.values()].filter((one) => one.accountId === number.accountId);
    const asked = messagesRequest(body, templates);
    if (asked.kind === 'read') {
      sendJson(call.response, 200, { success: true });
      return;
    }
    const message: Message = {
      ...{ id: newWamid(), accountId: number.accountId, numberId: number.id },
      ...{ to: asked.to, type: asked.type, request: body, callbackData: asked.callbackData },
      ...{ status: 'accepted', errorCode: null, createdAt: new Date() },
    };
    this.store.addMessage(message);
    const drop = this.faults.take('drop', target);
    this.accepted(message, target);
    const delay = this.faults.take('delay', target, (fault) => fault.beforeRecording !== true);
    if (delay) await this.background.sleep(delay.ms);
    if (drop) throw new HangUp();
    sendJson(call.response, 200, {
      messaging_product: 'whatsapp',
      contacts: [{ input: body.to, wa_id: asked.to }],
      messages: [{ id: message.id, ...(asked.type === 'template' ? { message_status: 'accepted' } : {}) }],
    });
  }

  /** Faults that strike before anything is recorded. */
  async #earlyFaults(target: FaultTarget): Promise<void> {
    const delay = this.faults.take(
      'delay',
      target,
      (fault) => target.on === 'read' || fault.beforeRecording === true,
    );
    if (delay) await this.background.sleep(delay.ms);
    if (this.faults.take('dropBefore', target)) throw new HangUp();
    const fail = this.faults.take('fail', target);
    if (!fail) return;
    const headers: Record<string, string> =
      fail.retryAfter === undefined ? {} : { 'Retry-After': String(fail.retryAfter) };
    throw new MetaError(fail.status, fail.code, { message: fail.message, headers });
  }

  #templates(accountId: string): Record<string, unknown>[] {
    return [...this.store.templates.values()]
      .filter((one) => one.accountId === accountId)
      .map(({ id, name, language, status, category, components }) => ({
        ...{ id, name, language, status, category, components },
      }));
  }

  /** One page of a list; a cursor is the place behind which it goes on. */
  #page({ request, response, url }: Call, items: Record<string, unknown>[]): void {
    const limit = Number(url.searchParams.get('limit') ?? PAGE);
    const after = url.searchParams.get('after');
    const start = after === null ? 0 : Number(Buffer.from(after, 'base64url').toString());
    if (!Number.isInteger(limit) || limit < 1 || !Number.isInteger(start)) throw new MetaError(400, 100);
    const cursor = (place: number): string => Buffer.from(String(place)).toString('base64url');
    const data = items.slice(start, start + limit);
    const end = start + data.length;
    const next = new URL(url.pathname + url.search, `http://${request.headers.host ?? ''}`);
    next.searchParams.set('after', cursor(end));
    sendJson(response, 200, {
      data,
      ...(data.length === 0
        ? {}
        : {
            paging: {
              cursors: { before: cursor(start), after: cursor(end) },
              ...(end < items.length ? { next: next.href } : {}),
            },
          }),
    });
  }

  #debugToken({ response, url, accounts }: Call): void {
    const token = url.searchParams.get('input_token');
    const account = [...this.store.accounts.values()].find((one) => one.accessToken === token);
    const own = account && accounts.some((one) => one.appId === account.appId) ? account : undefined;
    if (!own) {
      sendJson(response, 200, { data: { is_valid: false, scopes: [] } });
      return;
    }
    const expires = own.tokenExpiresAt;
    sendJson(response, 200, {
      data: {
        app_id: own.appId,
        type: 'SYSTEM_USER',
        expires_at: expires === null ? 0 : Math.floor(expires.getTime() / 1000),
        is_valid: expires === null || expires.getTime() > Date.now(),
        scopes: ['whatsapp_business_management', 'whatsapp_business_messaging'],
        granular_scopes: [{ scope: 'whatsapp_business_messaging', target_ids: [own.id] }],
      },
    });
  }
}

function numberResource({ id, address, verifiedName }: PhoneNumber): Record<string, unknown> {
  return {
    verified_name: verifiedName,
    display_phone_number: address,
    code_verification_status: 'VERIFIED',
    quality_rating: 'GREEN',
    platform_type: 'CLOUD_API',
    id,
  };
}

function unknownObject(method: string, id: string): MetaError {
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
    'missing permissions, or does not support this operation.';
  return new MetaError(400, 100, { message, subcode: 33, type: 'GraphMethodException' });
}

function readObject(body: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // No JSON: refused below.
  }
  throw new MetaError(400, 100, { message: '(#100) Invalid parameter' });
}

function asMetaError(error: unknown): MetaError {
  if (error instanceof MetaError) return error;
  if (error instanceof BodyTooLargeError) return new MetaError(413, 100, { message: error.message });
  console.error('whatsapp-cloud-simulator:', error);
  return new MetaError(500, 2);
}
