import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { CallsApi } from './calls-api';
import type { Calls } from './calls';
import type { Background } from './background';
import { ClosedError } from './background';
import { messageFromForm, outsideWindow } from './create-message';
import { TwilioError } from './errors';
import type { FaultTarget, Faults } from './faults';
import { BodyTooLargeError, readBytes, sendJson, sendText } from './http-io';
import { newSid } from './ids';
import type { Course, Lifecycle } from './lifecycle';
import { contentPage } from './list-contents';
import { messagePage } from './list-messages';
import { fetchMedia, type MediaShelf } from './media';
import type { Account, Arrival, Message, MessageDraft } from './model';
import type { Violation } from './published-api';
import { accountResource, messageResource } from './resources';
import type { Settings } from './settings';
import type { Store } from './store';
import { refuseInvalid, type Violations } from './violations';

const BODY_LIMIT = 256 * 1024;
const CONTENTS = '/v1/ContentAndApprovals';
/** Why WhatsApp sends no message of a template in this state. */
const TEMPLATE_ERRORS: Readonly<Record<string, number>> = { rejected: 63040, paused: 63041, disabled: 63042 };
const ROUTE = /^\/2010-04-01\/Accounts\/([^/]+?)(\/Messages(?:\/([^/]+?))?)?\.json$/;

/** Thrown to hang up on the client without an answer. */
class HangUp extends Error {}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  account: Account;
  arrival: Arrival;
  body: Buffer;
  /** What is wrong with it by Twilio's published description. */
  violations: readonly Violation[];
}

/** What waits before a message is recorded and its creation answered. */
export type CreateHook = (draft: MessageDraft) => void | Promise<void>;

/** The part of Twilio's REST API that is simulated. */
export class RestApi {
  readonly #calls: CallsApi;

  constructor(
    private readonly store: Store,
    private readonly faults: Faults,
    private readonly lifecycle: Lifecycle,
    private readonly background: Background,
    private readonly settings: () => Readonly<Settings>,
    private readonly violations: Violations,
    private readonly beforeCreation: CreateHook,
    private readonly media: MediaShelf,
    calls: Calls,
  ) {
    const hangUp = (): never => {
      throw new HangUp();
    };
    this.#calls = new CallsApi(store, calls, faults, (target) => this.#earlyFaults(target), hangUp);
  }

  /** Answers any request, with Twilio's error JSON where it can't be served. Never throws. */
  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    response.setHeader('Twilio-Request-Id', newSid('RQ'));
    try {
      await this.#route(request, response, url);
    } catch (error) {
      if (error instanceof HangUp || error instanceof ClosedError) {
        request.socket.destroy();
        return;
      }
      const answer = asTwilioError(error);
      sendJson(response, answer.status, answer, answer.headers);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (request.method === 'GET' && this.media.serve(response, url.pathname)) return;
    const arrival = this.store.arrive();
    const body = await readBytes(request, BODY_LIMIT);
    const violations = this.violations.check(request, body);
    if (url.pathname === CONTENTS)
      return this.#contents({ request, response, url, arrival, body, violations });
    const file = request.method === 'GET' ? this.media.route(url.pathname) : null;
    if (file) {
      this.#authenticate(request, file.accountSid);
      refuseInvalid(violations);
      if (this.media.redirect(response, file)) return;
    }
    const files = request.method === 'GET' ? this.media.list(url.pathname) : null;
    if (files) {
      this.#authenticate(request, files.accountSid);
      refuseInvalid(violations);
      sendJson(response, 200, files.page);
      return;
    }
    if (this.#calls.serves(url)) {
      const account = this.#authenticate(request, url.pathname.split('/')[3]);
      const { method = '' } = request;
      const refuse = (): void => refuseInvalid(violations);
      const form = new URLSearchParams(body.toString('utf8'));
      return this.#calls.handle({ method, url, account, form, response, refuseInvalid: refuse });
    }
    const match = ROUTE.exec(url.pathname);
    if (!match) throw notFound(url.pathname);
    const [, accountSid, messages, messageSid] = match;
    const account = this.#authenticate(request, accountSid ?? '');
    const call: Call = { request, response, url, account, arrival, body, violations };
    if (request.method === 'POST' && messages && !messageSid) return this.#create(call);
    if (request.method !== 'GET') throw new TwilioError(405, 20004);
    refuseInvalid(violations);
    if (messageSid) return this.#fetch(call, messageSid);
    if (messages) return this.#list(call);
    sendJson(response, 200, accountResource(account));
  }

  /** `pathSid` is the account that the path names, where it names one. */
  #authenticate(request: IncomingMessage, pathSid?: string): Account {
    const [, encoded = ''] = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    const credential = Buffer.from(encoded, 'base64').toString('utf8');
    const colon = credential.indexOf(':');
    const account = this.store.findAccount(credential.slice(0, Math.max(colon, 0)));
    const known = account && sameSecret(credential.slice(colon + 1), account.authToken);
    if (!known || account.sid !== (pathSid ?? account.sid)) {
      throw new TwilioError(401, 20003, undefined, {
        'WWW-Authenticate': 'Basic realm="Twilio API"',
      });
    }
    return account;
  }

  async #create(call: Call): Promise<void> {
    const { request, response, account, body } = call;
    // A body of another type holds no parameters, as at Twilio: the first required one is missing.
    const isForm = /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '');
    const form = new URLSearchParams(isForm ? body.toString('utf8') : '');
    const target: FaultTarget = { accountSid: account.sid, to: form.get('To'), on: 'create' };
    await this.#earlyFaults(target);
    if (account.status !== 'active') throw new TwilioError(401, 20003, 'Account is not active');
    const draft = messageFromForm(form, account, this.store, this.settings());
    // Where Twilio has a code of its own for what is wrong, that was the answer.
    refuseInvalid(call.violations);
    await this.beforeCreation(draft);
    const message = this.store.addMessage(draft, call.arrival);
    const answer = messageResource(message);
    const drop = this.faults.take('drop', target);
    const course = this.#course(message, target);
    if (this.settings().fetchMedia && message.mediaUrls.length > 0) this.#fetchMedia(message);
    this.lifecycle.start(message, drop?.callbacks === false ? { ...course, callbacks: false } : course);
    const delay = this.faults.take('delay', target, (fault) => fault.beforeRecording !== true);
    if (delay) await this.background.sleep(delay.ms);
    if (drop) throw new HangUp();
    const garbled = this.faults.take('malformed', target);
    if (garbled) sendText(response, 201, garbled.body ?? '{"sid":');
    else sendJson(response, 201, answer);
  }

  /** Beside the answer, as Twilio does. */
  #fetchMedia(message: Message): void {
    this.background.start(async () => {
      message.fetchedMedia = await Promise.all(message.mediaUrls.map(fetchMedia));
    });
  }

  /** Faults that strike before anything is recorded. */
  async #earlyFaults(target: FaultTarget): Promise<void> {
    const early = (fault: { beforeRecording?: boolean }): boolean =>
      target.on === 'read' || fault.beforeRecording === true;
    const delay = this.faults.take('delay', target, early);
    if (delay) await this.background.sleep(delay.ms);
    if (this.faults.take('dropBefore', target)) throw new HangUp();
    const fail = this.faults.take('fail', target);
    if (!fail) return;
    const headers = fail.retryAfter === undefined ? undefined : { 'Retry-After': String(fail.retryAfter) };
    throw new TwilioError(fail.status, fail.code, fail.message, headers);
  }

  #course(message: Message, target: FaultTarget): Course {
    const failure = this.faults.take('failDelivery', target);
    const late = this.settings().whatsappWindow === 'fail' && outsideWindow(message, this.store);
    const course: Course = {
      callbacks: this.faults.take('disableCallbacks', target) === undefined,
      copies: 1,
      shuffle: this.faults.take('shuffleCallbacks', target) !== undefined,
    };
    const duplicate = this.faults.take('duplicateCallbacks', target);
    if (duplicate) course.copies += duplicate.copies ?? 1;
    if (failure) course.failure = { ...failure, status: failure.status ?? 'undelivered' };
    else if (late) course.failure = { status: 'failed', errorCode: 63016 };
    const state =
      message.contentSid === null ? '' : (this.store.contents.find(message.contentSid)?.status ?? '');
    const errorCode = TEMPLATE_ERRORS[state];
    if (errorCode !== undefined) course.failure ??= { status: 'failed', errorCode };
    return course;
  }

  async #fetch({ response, url, account }: Call, sid: string): Promise<void> {
    const message = this.store.message(sid);
    const own = message?.accountSid === account.sid ? message : undefined;
    await this.#earlyFaults({ accountSid: account.sid, to: own?.to ?? null, on: 'read' });
    if (!own) throw notFound(url.pathname);
    sendJson(response, 200, messageResource(own));
  }

  /** Templates with their approvals, of the Content API: another host at Twilio, the same one here. */
  async #contents({ request, response, url, violations }: Omit<Call, 'account'>): Promise<void> {
    const account = this.#authenticate(request);
    if (request.method !== 'GET') throw new TwilioError(405, 20004);
    refuseInvalid(violations);
    await this.#earlyFaults({ accountSid: account.sid, to: null, on: 'read' });
    const base = `http://${request.headers.host ?? ''}${CONTENTS}`;
    sendJson(response, 200, contentPage(this.store.contents.list(account.sid), base, url.searchParams));
  }

  async #list({ response, url, account }: Call): Promise<void> {
    const to = url.searchParams.get('To');
    await this.#earlyFaults({ accountSid: account.sid, to, on: 'read' });
    const page = messagePage(this.store.messages(account.sid), url.pathname, url.searchParams);
    sendJson(response, 200, page);
  }
}

function notFound(path: string): TwilioError {
  return new TwilioError(404, 20404, `The requested resource ${path} was not found`);
}

function asTwilioError(error: unknown): TwilioError {
  if (error instanceof TwilioError) return error;
  if (error instanceof BodyTooLargeError) return new TwilioError(413, 20001, error.message);
  console.error('twilio-simulator:', error);
  return new TwilioError(500, 20500);
}

function sameSecret(left: string, right: string): boolean {
  const [given, known] = [Buffer.from(left), Buffer.from(right)];
  return given.length === known.length && timingSafeEqual(given, known);
}
