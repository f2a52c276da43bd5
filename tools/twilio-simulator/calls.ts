import type { Background } from './background';
import { SimulatorInputError } from './errors';
import { newSid } from './ids';
import type { CallBehaviour, CallStatus, PhoneCall, Pickup, Recording } from './phone-call';
import { rfc2822 } from './resources';
import type { Settings } from './settings';
import { signedRequest } from './signing';
import type { Store } from './store';
import { parseTwiml, type Verb } from './twiml';
import type { WebhookSender } from './webhooks';

const TALK_SECONDS = 12;
const RECORDING_SECONDS = 7;
/** A document that leads to the next one without an end is not followed for ever. */
const MOST_DOCUMENTS = 20;

/** A caller who rings a simulated number. */
export interface CallInput extends CallBehaviour {
  /** `+E164`, or `anonymous`. */
  from: string;
  /** A number with a voiceUrl. */
  to: string;
  callSid?: string;
}

type Params = Record<string, string>;

/** A call that came in and was told to nobody. */
export interface WithheldCall extends Pick<CallInput, 'from' | 'to' | 'pickup' | 'talkSeconds'> {
  minutesAgo?: number;
}

/** Calls: those that come in are played from the first document to the end, those that go out as their status is asked for. */
export class Calls {
  readonly #calls = new Map<string, PhoneCall>();
  /** What was dialed in calls. */
  readonly #legs: PhoneCall[] = [];
  readonly #recordings = new Map<string, Recording>();
  readonly #manners = new Map<string, CallBehaviour>();

  constructor(
    private readonly store: Store,
    private readonly sender: WebhookSender,
    private readonly background: Background,
    private readonly settings: () => Readonly<Settings>,
    private readonly origin: () => string,
  ) {}

  /** Newest first. */
  list(accountSid?: string): PhoneCall[] {
    const found = [...this.#calls.values()].filter(
      (call) => accountSid === undefined || call.accountSid === accountSid,
    );
    return found.reverse();
  }

  /** Calls and what was dialed in them, as the API lists them: newest first. */
  listed(accountSid: string): PhoneCall[] {
    const legs = this.#legs.filter((leg) => leg.accountSid === accountSid).reverse();
    return [...legs, ...this.list(accountSid)].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime());
  }

  recordings(): Recording[] {
    return [...this.#recordings.values()];
  }

  recording(sid: string): Recording | undefined {
    return this.#recordings.get(sid);
  }

  removeRecording(sid: string): void {
    this.#recordings.delete(sid);
  }

  /** What happens from now on when this number is called. */
  behave(address: string, behaviour: CallBehaviour): void {
    this.#manners.set(address, behaviour);
  }

  /** Somebody calls; resolves when the call is over and everybody was told. */
  receive({ from, to, callSid, ...behaviour }: CallInput): Promise<PhoneCall> {
    const { call, voiceUrl } = this.#incoming({ from, to, callSid });
    if (behaviour.tellsEnd === false) call.statusCallback = null;
    return this.background.track(async () => {
      call.status = 'ringing';
      const document = await this.#ask(call, voiceUrl, {});
      await this.#play(call, document, behaviour);
      await this.#end(call, behaviour);
      return call;
    });
  }

  /** A call that nobody was told of: it is over, and listed. `minutesAgo`: when it came in. */
  withhold({ from, to, pickup, talkSeconds, minutesAgo = 0 }: WithheldCall): PhoneCall {
    const { call } = this.#incoming({ from, to });
    call.createdAt = call.startedAt = call.endedAt = new Date(Date.now() - minutesAgo * 60_000);
    call.status = 'completed';
    if (pickup !== undefined) this.#leg(call, '+14155550100', pickup, talkSeconds);
    return call;
  }

  #incoming({ from, to, callSid }: Pick<CallInput, 'from' | 'to' | 'callSid'>): {
    call: PhoneCall;
    voiceUrl: string;
  } {
    const number = this.store.number(to);
    if (!number?.voiceUrl) throw new SimulatorInputError(`${to} has no voiceUrl`);
    const { accountSid, voiceUrl } = number;
    const call = this.#add({ accountSid, direction: 'inbound', from, to, statusCallback: voiceUrl }, callSid);
    call.startedAt = call.createdAt;
    return { call, voiceUrl };
  }

  /** A call that goes out, not yet placed. */
  create(
    draft: Pick<PhoneCall, 'accountSid' | 'from' | 'to' | 'statusCallback' | 'statusCallbackEvents'>,
  ): PhoneCall {
    return this.#add({ ...draft, direction: 'outbound-api' });
  }

  /** Places it; nobody waits for it. */
  place(call: PhoneCall, document: string): void {
    const behaviour = this.#manners.get(call.to) ?? {};
    this.background.start(async () => {
      await this.background.sleep(this.settings().callbackDelayMs);
      await this.#tell(call, 'initiated', 'initiated', behaviour);
      await this.#tell(call, 'ringing', 'ringing', behaviour);
      const { pickup = 'completed' } = behaviour;
      if (pickup === 'completed') {
        call.startedAt = new Date();
        await this.#tell(call, 'in-progress', 'answered', behaviour);
        await this.#play(call, document, behaviour);
      }
      await this.#end(call, behaviour, pickup);
    });
  }

  #add(
    draft: Pick<PhoneCall, 'accountSid' | 'direction' | 'from' | 'to' | 'statusCallback'> &
      Partial<Pick<PhoneCall, 'statusCallbackEvents'>>,
    sid = newSid('CA'),
  ): PhoneCall {
    const call: PhoneCall = {
      ...{ sid, status: 'queued', said: [], dialed: [], twiml: [], statusCallbackEvents: ['completed'] },
      ...{
        parentCallSid: null,
        durationSeconds: 0,
        createdAt: new Date(),
        startedAt: null,
        endedAt: null,
        ...draft,
      },
    };
    this.#calls.set(sid, call);
    return call;
  }

  /** Verb after verb, and document after document. */
  async #play(call: PhoneCall, document: string, behaviour: CallBehaviour): Promise<void> {
    let next: string | null = document;
    for (let count = 0; next !== null && count < MOST_DOCUMENTS; count++) {
      call.twiml.push(next);
      next = await this.#playDocument(call, parseTwiml(next), behaviour);
    }
  }

  /** The next document; null when it is over. */
  async #playDocument(
    call: PhoneCall,
    verbs: readonly Verb[],
    behaviour: CallBehaviour,
  ): Promise<string | null> {
    for (const verb of verbs) {
      if (verb.name === 'Reject') call.status = 'busy';
      if (verb.name === behaviour.hangsUpAt || verb.name === 'Hangup' || verb.name === 'Reject') return null;
      call.status = 'in-progress';
      if (verb.name === 'Say') call.said.push(verb.text);
      if (verb.name === 'Gather') {
        call.said.push(...verb.children.map(({ text }) => text));
        const { key } = behaviour;
        if (key !== undefined)
          return this.#ask(call, actionOf(verb), { Digits: key, msg: 'Gather', FinishedOnKey: '' });
      }
      if (verb.name === 'Dial') return this.#dial(call, verb, behaviour);
      if (verb.name === 'Record') return this.#record(call, verb, behaviour);
    }
    return null;
  }

  #dial(
    call: PhoneCall,
    verb: Verb,
    { pickup = 'no-answer', talkSeconds = TALK_SECONDS }: CallBehaviour,
  ): Promise<string> {
    const numbers = verb.children.map(({ text }) => text);
    call.dialed.push(...numbers);
    const talked = pickup === 'completed';
    for (const [i, number] of numbers.entries())
      this.#leg(call, number, talked && i > 0 ? 'no-answer' : pickup, talkSeconds);
    return this.#ask(call, actionOf(verb), {
      DialCallStatus: pickup,
      DialCallSid: newSid('CA'),
      ...(talked ? { DialCallDuration: String(talkSeconds), DialBridged: 'true' } : { DialBridged: 'false' }),
    });
  }

  /** What was dialed, and what came of it. */
  #leg(call: PhoneCall, to: string, pickup: Pickup, talkSeconds = TALK_SECONDS): void {
    const { sid: parentCallSid, accountSid, from, createdAt } = call;
    const durationSeconds = pickup === 'completed' ? talkSeconds : 0;
    call.durationSeconds += durationSeconds;
    const leg = { ...call, sid: newSid('CA'), direction: 'outbound-dial' as const, status: pickup, said: [] };
    const over = { createdAt, startedAt: createdAt, endedAt: new Date(), statusCallback: null };
    this.#legs.push({
      ...leg,
      ...over,
      parentCallSid,
      accountSid,
      from,
      to,
      dialed: [],
      twiml: [],
      durationSeconds,
    });
  }

  async #record(call: PhoneCall, verb: Verb, behaviour: CallBehaviour): Promise<string | null> {
    const { voicemail = null, copies = 1 } = behaviour;
    if (voicemail === null) return null;
    const { accountSid, sid: callSid } = call;
    const recording: Recording = {
      sid: newSid('RE'),
      accountSid,
      callSid,
      content: voicemail,
      createdAt: new Date(),
    };
    this.#recordings.set(recording.sid, recording);
    call.durationSeconds += RECORDING_SECONDS;
    const told = {
      RecordingSid: recording.sid,
      RecordingUrl: `${this.origin()}/2010-04-01/Accounts/${accountSid}/Recordings/${recording.sid}`,
      RecordingDuration: String(RECORDING_SECONDS),
    };
    const next = await this.#ask(call, actionOf(verb), { ...told, Digits: '#' });
    const { recordingStatusCallback: url } = verb.attributes;
    if (url !== undefined) {
      const params = {
        ...{
          AccountSid: accountSid,
          CallSid: callSid,
          ...told,
          RecordingStatus: 'completed',
          RecordingChannels: '1',
        },
        ...{ RecordingStartTime: rfc2822(recording.createdAt) ?? '', RecordingSource: 'RecordVerb' },
        ErrorCode: '0',
      };
      await this.#post(call, url, params, copies);
    }
    return next;
  }

  async #end(call: PhoneCall, behaviour: CallBehaviour, pickup?: CallStatus): Promise<void> {
    const status = pickup ?? (call.status === 'busy' ? 'busy' : 'completed');
    call.endedAt = new Date();
    await this.#tell(call, status, 'completed', behaviour);
  }

  async #tell(
    call: PhoneCall,
    status: CallStatus,
    event: string,
    { copies = 1 }: CallBehaviour,
  ): Promise<void> {
    call.status = status;
    const { statusCallback: url, statusCallbackEvents: events, durationSeconds } = call;
    if (url === null || !events.includes(event) || !this.settings().callbacks) return;
    const duration = {
      CallDuration: String(durationSeconds),
      Duration: String(Math.ceil(durationSeconds / 60)),
    };
    const params = {
      ...paramsOf(call),
      ...(call.endedAt ? duration : {}),
      ...{
        Timestamp: rfc2822(new Date()) ?? '',
        CallbackSource: 'call-progress-events',
        SequenceNumber: '0',
      },
    };
    await this.#post(call, url, params, copies);
  }

  /** Posts what happened, and answers with the document that says what comes next. */
  async #ask(call: PhoneCall, url: string, more: Params): Promise<string> {
    const [answer] = await this.#post(call, url, { ...paramsOf(call), ...more }, 1);
    if (answer === undefined) throw new SimulatorInputError(`nobody says what comes next in a call: ${url}`);
    return answer;
  }

  /** The answers that were good. */
  async #post({ accountSid }: PhoneCall, url: string, params: Params, copies: number): Promise<string[]> {
    const { authToken } = this.store.account(accountSid);
    const deliveries = await Promise.all(
      Array.from({ length: copies }, () =>
        this.sender.deliver(signedRequest(authToken, url, params), this.settings()),
      ),
    );
    return deliveries.flatMap(({ delivered, attempts }) => (delivered ? (attempts.at(-1)?.body ?? []) : []));
  }
}

function actionOf({ name, attributes }: Verb): string {
  const { action } = attributes;
  if (action === undefined) throw new SimulatorInputError(`${name} without an action`);
  return action;
}

function paramsOf(call: PhoneCall): Params {
  return {
    AccountSid: call.accountSid,
    ApiVersion: '2010-04-01',
    CallSid: call.sid,
    CallStatus: call.status,
    Called: call.to,
    Caller: call.from,
    Direction: call.direction,
    From: call.from,
    FromCity: '',
    FromCountry: 'DE',
    To: call.to,
    ToCity: 'SAN FRANCISCO',
    ToCountry: 'US',
  };
}
