import type { IncomingMessage, ServerResponse } from 'node:http';
import { ClosedError, type Background } from '../twilio-simulator/background';
import type { Faults, FaultTarget } from '../twilio-simulator/faults';
import { BodyTooLargeError, readBytes, sendJson } from '../twilio-simulator/http-io';
import type { Violations } from '../twilio-simulator/violations';
import { bearerOf, tokenFacts } from './authentication';
import { Answering, HangUp, type Call } from './call';
import { MetaError } from './errors';
import type { Lifecycle } from './lifecycle';
import { LOOKASIDE } from './media';
import type { Account, MediaFile, PhoneNumber } from './model';
import { refuseInvalid } from './refuse-invalid';
import { accountResource, numberResource, pageOf, templateResource } from './resources';
import { SendMessage, type CreateHook } from './send-message';
import type { Store } from './store';
import { uploadedFile } from './upload';

/** As much as the largest document, and its form. */
const BODY_LIMIT = 101 * 1024 * 1024;
const ROUTE = /^\/v\d+\.\d+\/(?<id>\w+)(?:\/(?<edge>\w+))?$/;

/** The part of the Graph API that is simulated. */
export class GraphApi {
  readonly #answering: Answering;
  readonly #messages: SendMessage;

  constructor(
    private readonly store: Store,
    faults: Faults,
    background: Background,
    lifecycle: Lifecycle,
    private readonly violations: Violations,
    beforeCreation: CreateHook,
  ) {
    this.#answering = new Answering(faults, background);
    this.#messages = new SendMessage(store, this.#answering, lifecycle, beforeCreation);
  }

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
    const violations = this.violations.check(request, body);
    const call: Call = { request, response, url, body, violations, bearer: bearerOf(this.store, request) };
    if (url.pathname === LOOKASIDE) return this.#download(call);
    const { id = '', edge } = ROUTE.exec(url.pathname)?.groups ?? {};
    if (id === 'debug_token') return this.#tokenFacts(call);
    const owned = this.#owned(call, id);
    if (request.method === 'POST' && owned?.number && edge === 'messages')
      return this.#messages.handle(call, owned.number);
    if (request.method === 'POST' && owned?.number && edge === 'media')
      return this.#upload(call, owned.account);
    const resource = request.method === 'GET' && owned ? this.#resource(call, owned, edge) : undefined;
    if (!owned || !resource) throw unknownObject(request.method ?? 'GET', id);
    refuseInvalid(violations);
    const target = reading(owned.account.id);
    await this.#answering.early(target);
    await this.#answering.answer(call, resource(), target);
  }

  /** The object with this id, where the token opens it. */
  #owned({ bearer }: Call, id: string): Owned | undefined {
    const number = this.store.numbers.get(id);
    const file = this.store.media.find(id);
    const accountId = number?.accountId ?? file?.accountId ?? id;
    const account = bearer.accounts.find((one) => one.id === accountId);
    return account && { account, number, file };
  }

  /** What is to be read there; undefined where there is nothing. */
  #resource(call: Call, owned: Owned, edge: string | undefined): (() => unknown) | undefined {
    const { account, number, file } = owned;
    const { searchParams: query } = call.url;
    const host = call.request.headers.host ?? '';
    if (edge === undefined) {
      if (number) return () => numberResource(number, query);
      if (file) return () => this.store.media.resource(file, `http://${host}`);
      return () => accountResource(account, query);
    }
    if (number || file) return undefined;
    const { numbers, templates } = this.store.ofAccount(account.id);
    if (edge === 'phone_numbers')
      return () =>
        pageOf(
          numbers.map((one) => numberResource(one, query)),
          call.url,
          host,
        );
    if (edge === 'message_templates')
      return () =>
        pageOf(
          templates.map((one) => templateResource(one, query)),
          call.url,
          host,
        );
    return undefined;
  }

  async #upload(call: Call, { id: accountId }: Account): Promise<void> {
    const target: FaultTarget = { accountSid: accountId, to: null, on: 'create' };
    await this.#answering.early(target);
    const file = uploadedFile(call.body, call.request.headers['content-type']);
    refuseInvalid(call.violations);
    const { id } = this.store.media.put({ accountId, ...file });
    await this.#answering.answer(call, { id }, target);
  }

  async #download(call: Call): Promise<void> {
    const ids = call.bearer.accounts.map((account) => account.id);
    await this.#answering.early(reading(ids[0] ?? ''));
    refuseInvalid(call.violations);
    if (this.store.media.serve(call.response, call.url, ids)) return;
    call.response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not Found');
  }

  async #tokenFacts(call: Call): Promise<void> {
    const target = reading(call.bearer.accounts[0]?.id ?? '');
    await this.#answering.early(target);
    refuseInvalid(call.violations);
    const facts = tokenFacts(this.store, call.bearer, call.url.searchParams.get('input_token'));
    await this.#answering.answer(call, facts, target);
  }
}

interface Owned {
  readonly account: Account;
  readonly number: PhoneNumber | undefined;
  readonly file: MediaFile | undefined;
}

function reading(accountSid: string): FaultTarget {
  return { accountSid, to: null, on: 'read' };
}

function unknownObject(method: string, id: string): MetaError {
  const message =
    `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to ` +
    'missing permissions, or does not support this operation.';
  return new MetaError(400, 100, { message, subcode: 33, type: 'GraphMethodException' });
}

function asMetaError(error: unknown): MetaError {
  if (error instanceof MetaError) return error;
  if (error instanceof BodyTooLargeError) return new MetaError(413, 100, { message: error.message });
  console.error('whatsapp-cloud-simulator:', error);
  return new MetaError(500, 2);
}
