import type { CallEnd, CallProgress, CallReport } from '../../domain/call-report';
import type { LoggedEvent, WebhookEvent } from '../../domain/provider';
import { refusalOf } from './twilio-errors';

type Fields = Readonly<Record<string, string>>;

const E164 = /^\+[1-9][0-9]{5,14}$/;
/** The number that stands for one that is withheld: "ANONYMOUS" on a keypad. https://www.twilio.com/docs/api/errors/13224 */
const NOBODY: ReadonlySet<string> = new Set([
  '+266696687',
  '+86282452253',
  '+7378742833',
  '+2562533',
  '+8656696',
]);

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const QUERY = new RegExp(
  `^[^?]*(?:\\?(?:step=(?<step>dialed|voicemail|recording)|(?:step=(?<keyStep>key)&)?message=(?<message>${UUID})))?$`,
);

/** What Twilio was told to call, from the address that it called; undefined for an address that no script of ours holds. */
export function callStep(url: string): { step: string | null; messageId: string | null } | undefined {
  const groups = QUERY.exec(url)?.groups;
  if (!groups) return undefined;
  return { step: groups['step'] ?? groups['keyStep'] ?? null, messageId: groups['message'] ?? null };
}

const ENDS: Readonly<Record<string, CallEnd>> = {
  completed: 'answered',
  answered: 'answered',
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed',
  canceled: 'canceled',
};

const PROGRESS: Readonly<Record<string, CallProgress>> = {
  queued: 'queued',
  initiated: 'queued',
  ringing: 'ringing',
  'in-progress': 'in_progress',
};

/** How far a call of this status is. */
export function twilioProgress(status: string): Pick<CallReport, 'progress' | 'end'> {
  const end = ENDS[status] ?? null;
  return { progress: end === null ? (PROGRESS[status] ?? 'in_progress') : 'ended', end };
}

/** The event that well-formed fields tell of; undefined when they tell of none that belongs to the address. */
export function twilioCallEvent(url: string, payload: Fields): WebhookEvent | undefined {
  const at = callStep(url);
  const { CallSid: sid = '', AccountSid: accountId = '', CallStatus: status } = payload;
  if (!at) return undefined;
  const isRecording = at.step === 'recording';
  const known = isRecording ? payload['RecordingSid'] && payload['RecordingStatus'] : status;
  const ours = isRecording ? null : oursOf(payload);
  if (!known || ours === undefined) return undefined;
  const common = { externalId: sid, address: ours, numberId: null, accountId, payload };
  if (isRecording) {
    const { RecordingSid: recording = '', RecordingStatus: state = '' } = payload;
    return { type: 'recording', eventId: `recording:${recording}:${state}`, ...common };
  }
  const isNew = at.step === null && at.messageId === null && isComingIn(payload);
  if (isNew) return { type: 'call', eventId: `call:${sid}`, ...common };
  const { DialCallStatus: dialed = '', Digits: digits = '' } = payload;
  const eventId = [
    'call_status',
    sid,
    at.step ?? 'call',
    status,
    dialed,
    at.step === 'key' ? digits : '',
  ].join(':');
  return { type: 'call_status', eventId, ...common };
}

/** A call that asks what to do: not one whose end is told to the same address. */
function isComingIn({ Direction, CallStatus = '', CallbackSource, CallDuration }: Fields): boolean {
  return (
    Direction === 'inbound' &&
    !(CallStatus in ENDS) &&
    CallbackSource === undefined &&
    CallDuration === undefined
  );
}

/** The business number of a call; what is none belongs to no connection. */
function oursOf(payload: Fields): string | undefined {
  const ours = isOutgoing(payload) ? payload['From'] : payload['To'];
  return ours === undefined || ours === '' ? undefined : ours;
}

function isOutgoing({ Direction = '' }: Fields): boolean {
  return Direction.startsWith('outbound');
}

/** What a logged event tells of a call. */
export function twilioCallReport({ payload, url, receivedAt }: LoggedEvent): CallReport {
  const fields = payload as Fields;
  const at = callStep(url);
  const status = fields['CallStatus'] ?? '';
  const isRecording = at?.step === 'recording';
  const forward = ENDS[fields['DialCallStatus'] ?? ''] ?? null;
  // Nothing but a farewell comes after these, and the number need not be set up to tell the end itself.
  const isOver = at?.step === 'voicemail' || forward === 'answered';
  const end = ENDS[status] ?? (isOver ? 'answered' : null);
  const error = Number(fields['ErrorCode']);
  return {
    providerCallId: fields['CallSid'] ?? '',
    direction: isRecording ? null : isOutgoing(fields) ? 'outgoing' : 'incoming',
    ...(isRecording ? { person: null, isWithheld: false } : personOf(fields)),
    progress: end !== null ? 'ended' : (PROGRESS[status] ?? 'in_progress'),
    end,
    durationSeconds: secondsOf(fields['CallDuration']),
    forward,
    forwardSeconds: secondsOf(fields['DialCallDuration']),
    recording: recordingOf(fields),
    refusal: error ? refusalOf(error) : null,
    messageId: at?.messageId ?? null,
    key: at?.step === 'key' ? (fields['Digits'] ?? null) : null,
    occurredAt: timeOf(fields['Timestamp']) ?? receivedAt,
  };
}

function personOf(fields: Fields): Pick<CallReport, 'person' | 'isWithheld'> {
  const person = isOutgoing(fields) ? fields['To'] : fields['From'];
  const isShown = person !== undefined && E164.test(person) && !NOBODY.has(person);
  return { person: isShown ? person : null, isWithheld: !isShown };
}

/** MP3: a tenth of what Twilio's default, WAV, takes. */
function recordingOf(fields: Fields): CallReport['recording'] {
  const { RecordingSid: recordingId, RecordingUrl: url, RecordingStatus: status } = fields;
  if (!recordingId || !url || status !== 'completed') return null;
  const durationSeconds = secondsOf(fields['RecordingDuration']);
  return { recordingId, url: `${url}.mp3`, contentType: 'audio/mpeg', durationSeconds };
}

function secondsOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : null;
}

function timeOf(text: string | undefined): Date | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : new Date(time);
}
