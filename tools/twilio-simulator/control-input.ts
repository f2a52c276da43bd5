import type { CallInput, WithheldCall } from './calls';
import { CONTENT_STATUSES, type ContentInput } from './contents';
import { FAULT_KINDS } from './faults';
import type { FaultEffect, FaultInput } from './faults';
import { Fields } from './fields';
import type { InboundMedia } from './media';
import { OPT_OUT_HANDLINGS, type MessageStatus } from './model';
import type { CallBehaviour, Pickup } from './phone-call';
import type { OutboundStep, Settings } from './settings';
import type { ReceiveInput } from './simulator';
import type { AccountInput, NumberInput } from './store';

/** Statuses that `POST /simulator/status` can report. */
export const REPORTABLE: readonly MessageStatus[] = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'undelivered',
  'failed',
];
const STEPS: readonly OutboundStep[] = ['queued', 'sending', 'sent', 'delivered', 'read'];

/** @throws SimulatorInputError, as all functions here do, naming the first field that is wrong */
export function accountInput(fields: Fields): AccountInput {
  return {
    sid: fields.optionalString('sid'),
    authToken: fields.optionalString('authToken'),
    friendlyName: fields.optionalString('friendlyName'),
    status: fields.optionalOneOf('status', ['active', 'suspended']),
  };
}

export function numberInput(fields: Fields): NumberInput {
  return {
    accountSid: fields.string('accountSid'),
    address: fields.string('address'),
    webhookUrl: fields.nullableString('webhookUrl'),
    voiceUrl: fields.nullableString('voiceUrl'),
    messagingServiceSid: fields.nullableString('messagingServiceSid'),
    optOutHandling: fields.optionalOneOf('optOutHandling', OPT_OUT_HANDLINGS),
  };
}

export function contentInput(fields: Fields): ContentInput {
  return {
    accountSid: fields.string('accountSid'),
    sid: fields.optionalString('sid'),
    friendlyName: fields.optionalString('friendlyName'),
    language: fields.optionalString('language'),
    body: fields.optionalString('body'),
    variables: fields.optionalStrings('variables'),
    status: fields.optionalOneOf('status', CONTENT_STATUSES),
    category: fields.optionalString('category'),
    rejectionReason: fields.optionalString('rejectionReason'),
  };
}

export function receiveInput(fields: Fields): ReceiveInput {
  return {
    from: fields.string('from'),
    to: fields.string('to'),
    body: fields.optionalString('body'),
    profileName: fields.optionalString('profileName'),
    media: fields.optionalList('media', mediaItem),
    optOutType: fields.optionalOneOf('optOutType', ['STOP', 'START', 'HELP']),
    buttonText: fields.optionalString('buttonText'),
    buttonPayload: fields.optionalString('buttonPayload'),
    messageType: fields.optionalString('messageType'),
    messageSid: fields.optionalString('messageSid'),
    idempotencyToken: fields.optionalString('idempotencyToken'),
    params: fields.optionalStrings('params'),
    ...retryInput(fields),
  };
}

const PICKUPS: readonly Pickup[] = ['completed', 'busy', 'no-answer', 'failed'];

/** `voicemail` in base64. */
export function behaviourInput(fields: Fields): CallBehaviour {
  const voicemail = fields.nullableString('voicemail');
  return {
    pickup: fields.optionalOneOf('pickup', PICKUPS),
    talkSeconds: fields.optionalInteger('talkSeconds'),
    voicemail: typeof voicemail === 'string' ? Buffer.from(voicemail, 'base64') : voicemail,
    key: fields.optionalString('key'),
    hangsUpAt: fields.optionalOneOf('hangsUpAt', ['Say', 'Dial', 'Record']),
    copies: fields.optionalInteger('copies'),
    tellsEnd: fields.optionalBoolean('tellsEnd'),
  };
}

export function withheldCallInput(fields: Fields): WithheldCall {
  return {
    from: fields.string('from'),
    to: fields.string('to'),
    pickup: fields.optionalOneOf('pickup', PICKUPS),
    talkSeconds: fields.optionalInteger('talkSeconds'),
    minutesAgo: fields.optionalInteger('minutesAgo'),
  };
}

export function callInput(fields: Fields): CallInput {
  return {
    from: fields.string('from'),
    to: fields.string('to'),
    callSid: fields.optionalString('callSid'),
    ...behaviourInput(fields),
  };
}

export function settingsInput(fields: Fields): Partial<Settings> {
  return {
    ...retryInput(fields),
    callbacks: fields.optionalBoolean('callbacks'),
    callbackDelayMs: fields.optionalInteger('callbackDelayMs'),
    statusSteps: fields.optionalList('statusSteps', (value) =>
      new Fields({ step: value }).oneOf('step', STEPS),
    ),
    whatsappWindow: fields.optionalOneOf('whatsappWindow', ['off', 'fail', 'reject']),
    fetchMedia: fields.optionalBoolean('fetchMedia'),
  };
}

export function faultInput(fields: Fields): FaultInput {
  return {
    accountSid: fields.optionalString('accountSid'),
    to: fields.optionalString('to'),
    times: fields.optionalIntegerOr('times', 'always'),
    on: fields.optionalOneOf('on', ['create', 'read']),
    ...faultEffect(fields),
  };
}

function faultEffect(fields: Fields): FaultEffect {
  const kind = fields.oneOf('kind', FAULT_KINDS);
  switch (kind) {
    case 'fail':
      return {
        kind,
        status: fields.integer('status'),
        code: fields.integer('code'),
        message: fields.optionalString('message'),
        retryAfter: fields.optionalInteger('retryAfter'),
      };
    case 'delay':
      return {
        kind,
        ms: fields.integer('ms'),
        beforeRecording: fields.optionalBoolean('beforeRecording'),
      };
    case 'drop':
      return { kind, callbacks: fields.optionalBoolean('callbacks') };
    case 'duplicateCallbacks':
      return { kind, copies: fields.optionalInteger('copies') };
    case 'failDelivery':
      return {
        kind,
        errorCode: fields.integer('errorCode'),
        status: fields.optionalOneOf('status', ['undelivered', 'failed']),
        errorMessage: fields.optionalString('errorMessage'),
      };
    case 'malformed':
      return { kind, body: fields.optionalString('body') };
    case 'dropBefore':
    case 'disableCallbacks':
    case 'shuffleCallbacks':
      return { kind };
  }
}

function retryInput(fields: Fields): Partial<Pick<Settings, 'retries' | 'retryDelayMs' | 'timeoutMs'>> {
  return {
    retries: fields.optionalInteger('retries'),
    retryDelayMs: fields.optionalInteger('retryDelayMs'),
    timeoutMs: fields.optionalInteger('timeoutMs'),
  };
}

function mediaItem(value: unknown): InboundMedia {
  const item = Fields.of(value, 'each of media');
  const content = item.optionalString('content');
  const file =
    content === undefined ? { url: item.string('url') } : { content: Buffer.from(content, 'base64') };
  return { ...file, contentType: item.string('contentType') };
}
