import { faultInput } from '../twilio-simulator/control-input';
import type { FaultInput } from '../twilio-simulator/faults';
import { Fields } from '../twilio-simulator/fields';
import { SimulatorInputError } from '../twilio-simulator/errors';
import type { InboundInput, InboundMedia } from './inbound';
import type { MessageStatus, PhoneNumber, Template } from './model';
import { STEPS, type Settings } from './settings';
import type { StatusInput } from './simulator';
import type { AccountInput, NumberInput, TemplateInput } from './store';

const REPORTABLE: readonly MessageStatus[] = ['sent', 'delivered', 'read', 'failed'];
const NUMBER_STATES: readonly PhoneNumber['status'][] = ['CONNECTED', 'DISCONNECTED', 'BANNED', 'FLAGGED'];
const RATINGS: readonly PhoneNumber['qualityRating'][] = ['GREEN', 'YELLOW', 'RED', 'UNKNOWN'];
const MEDIA_KINDS = ['image', 'audio', 'video', 'document', 'sticker'] as const;

/** States that a template can have. */
export const TEMPLATE_STATES: readonly Template['status'][] = [
  'APPROVED',
  'PENDING',
  'REJECTED',
  'PAUSED',
  'DISABLED',
];

/** @throws SimulatorInputError, as all functions here do, naming the first field that is wrong */
export function accountInput(fields: Fields): AccountInput {
  return {
    id: fields.optionalString('id'),
    appId: fields.optionalString('appId'),
    appSecret: fields.optionalString('appSecret'),
    accessToken: fields.optionalString('accessToken'),
    tokenExpiresAt: dateOf(fields, 'tokenExpiresAt'),
    dataAccessExpiresAt: dateOf(fields, 'dataAccessExpiresAt'),
    webhookUrl: fields.nullableString('webhookUrl'),
  };
}

export function numberInput(fields: Fields): NumberInput {
  return {
    id: fields.optionalString('id'),
    accountId: fields.string('accountId'),
    address: fields.string('address'),
    verifiedName: fields.optionalString('verifiedName'),
    status: fields.optionalOneOf('status', NUMBER_STATES),
    qualityRating: fields.optionalOneOf('qualityRating', RATINGS),
  };
}

export function templateInput(fields: Fields): TemplateInput {
  return {
    id: fields.optionalString('id'),
    accountId: fields.string('accountId'),
    name: fields.string('name'),
    language: fields.optionalString('language'),
    status: fields.optionalOneOf('status', TEMPLATE_STATES),
    category: fields.optionalOneOf('category', ['UTILITY', 'MARKETING', 'AUTHENTICATION']),
    parameterFormat: fields.optionalOneOf('parameterFormat', ['POSITIONAL', 'NAMED']),
    rejectedReason: fields.optionalString('rejectedReason'),
    components: fields.optionalList('components', (value) => ({ ...(value as object) })),
  };
}

/** One customer's message, or several that are told of in one request (`messages`). */
export function inboundInputs(fields: Fields): InboundInput[] {
  const listed = fields.optionalList('messages', (value) =>
    inboundInput(Fields.of(value, 'each of messages')),
  );
  return listed ?? [inboundInput(fields)];
}

function inboundInput(fields: Fields): InboundInput {
  return {
    numberId: fields.string('numberId'),
    from: fields.optionalString('from'),
    userId: fields.optionalString('userId'),
    username: fields.optionalString('username'),
    profileName: fields.optionalString('profileName'),
    id: fields.optionalString('id'),
    text: fields.optionalString('text'),
    media: fields.optionalObject('media', mediaInput),
    content: fields.optionalObject('content', (content) => content.all()),
  };
}

function mediaInput(fields: Fields): InboundMedia {
  return {
    content: Buffer.from(fields.string('content'), 'base64'),
    contentType: fields.string('contentType'),
    kind: fields.optionalOneOf('kind', MEDIA_KINDS),
    caption: fields.optionalString('caption'),
    filename: fields.optionalString('filename'),
  };
}

/** One state, or several that are told of in one request (`statuses`). */
export function statusInputs(fields: Fields): StatusInput[] {
  const listed = fields.optionalList('statuses', (value) =>
    statusInput(Fields.of(value, 'each of statuses')),
  );
  return listed ?? [statusInput(fields)];
}

function statusInput(fields: Fields): StatusInput {
  return {
    id: fields.string('id'),
    status: fields.oneOf('status', REPORTABLE),
    errorCode: fields.optionalInteger('errorCode'),
  };
}

/** A fault as at Twilio's simulator; the account is the WABA, under its own name. */
export function cloudFaultInput(fields: Fields): FaultInput {
  return { ...faultInput(fields), accountSid: fields.optionalString('accountId') };
}

export function settingsInput(fields: Fields): Partial<Settings> {
  return {
    retries: fields.optionalInteger('retries'),
    retryDelayMs: fields.optionalInteger('retryDelayMs'),
    timeoutMs: fields.optionalInteger('timeoutMs'),
    statuses: fields.optionalBoolean('statuses'),
    statusDelayMs: fields.optionalInteger('statusDelayMs'),
    statusSteps: fields.optionalList('statusSteps', (value) =>
      new Fields({ step: value }).oneOf('step', STEPS),
    ),
    batchMs: fields.optionalInteger('batchMs'),
    window: fields.optionalBoolean('window'),
  };
}

/** A time in ISO form; null is one, too: never. */
function dateOf(fields: Fields, name: string): Date | null | undefined {
  const text = fields.nullableString(name);
  if (typeof text !== 'string') return text;
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw new SimulatorInputError(`${name} must be a time in ISO form, or null`);
  return date;
}
