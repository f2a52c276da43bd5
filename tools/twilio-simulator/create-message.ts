import { isHttpUrl, isValidAddress, isWhatsApp } from './addresses';
import { renderedBody } from './contents';
import { TwilioError, twilioMessage } from './errors';
import { given } from './http-io';
import { newSid } from './ids';
import type { Account, Message, MessageDraft } from './model';
import { smsSegments } from './segments';
import type { Settings } from './settings';
import type { Store } from './store';

const BODY_LIMIT = 1600;
const MEDIA_LIMIT = 10;

interface Content {
  body: string;
  mediaUrls: string[];
  contentSid: string | null;
  contentVariables: string | null;
}

/**
 * Checks a creation form as Twilio does and makes the message it asks for (not yet recorded).
 * @throws TwilioError with Twilio's code for the first thing that is wrong
 */
export function messageFromForm(
  form: URLSearchParams,
  account: Account,
  store: Store,
  settings: Readonly<Settings>,
): MessageDraft {
  const to = recipient(form);
  const { from, serviceSid } = sender(form, to, account, store);
  const content = contentOf(form, account, store);
  const statusCallback = callbackUrl(form);
  if (store.isOptedOut(account.sid, to)) throw new TwilioError(400, 21610);
  if (settings.whatsappWindow === 'reject' && outsideWindow({ ...content, from, to }, store)) {
    throw new TwilioError(400, 63016);
  }
  const now = new Date();
  return {
    sid: newSid(content.mediaUrls.length > 0 ? 'MM' : 'SM'),
    accountSid: account.sid,
    direction: 'outbound-api',
    from,
    to,
    ...content,
    messagingServiceSid: serviceSid,
    statusCallback,
    // A Messaging Service first accepts, and queues when it has chosen a sender.
    status: serviceSid ? 'accepted' : 'queued',
    errorCode: null,
    errorMessage: null,
    numSegments: isWhatsApp(to) ? 1 : smsSegments(content.body),
    createdAt: now,
    updatedAt: now,
    sentAt: null,
  };
}

/** Whether this goes, without an approved template, to a WhatsApp customer who hasn't written within 24 hours. */
export function outsideWindow(message: Pick<Message, 'from' | 'to' | 'contentSid'>, store: Store): boolean {
  return (
    isWhatsApp(message.to) &&
    (message.contentSid === null || store.contents.find(message.contentSid)?.status !== 'approved') &&
    !store.withinWindow(message.to, message.from, new Date())
  );
}

function recipient(form: URLSearchParams): string {
  const to = given(form, 'To');
  if (to === null) throw new TwilioError(400, 21604);
  if (!isValidAddress(to)) throw new TwilioError(400, 21211, `${twilioMessage(21211)}: ${to}`);
  return to;
}

function sender(
  form: URLSearchParams,
  to: string,
  account: Account,
  store: Store,
): { from: string; serviceSid: string | null } {
  const serviceSid = given(form, 'MessagingServiceSid');
  const from = given(form, 'From') ?? poolMember(serviceSid, to, account, store);
  if (!isValidAddress(from)) throw new TwilioError(400, 21212, `${twilioMessage(21212)}: ${from}`);
  if (isWhatsApp(from) !== isWhatsApp(to)) throw new TwilioError(400, 21910);
  if (from === to) throw new TwilioError(400, 21266);
  if (store.number(from)?.accountSid !== account.sid) {
    throw new TwilioError(400, isWhatsApp(from) ? 63007 : 21606);
  }
  if (serviceSid !== null && store.number(from)?.messagingServiceSid !== serviceSid) {
    throw new TwilioError(400, 21711);
  }
  return { from, serviceSid };
}

/** A number of the Messaging Service that reaches the recipient's channel. */
function poolMember(serviceSid: string | null, to: string, account: Account, store: Store): string {
  if (serviceSid === null) throw new TwilioError(400, 21603);
  const member = store
    .numbers()
    .find(
      (number) =>
        number.accountSid === account.sid &&
        number.messagingServiceSid === serviceSid &&
        isWhatsApp(number.address) === isWhatsApp(to),
    );
  if (!member) throw new TwilioError(400, 21703);
  return member.address;
}

function contentOf(form: URLSearchParams, account: Account, store: Store): Content {
  const body = form.get('Body') ?? '';
  const mediaUrls = form.getAll('MediaUrl').filter((url) => url !== '');
  const contentSid = given(form, 'ContentSid');
  const contentVariables = given(form, 'ContentVariables');
  if (body === '' && mediaUrls.length === 0 && !contentSid) throw new TwilioError(400, 21602);
  if (Array.from(body).length > BODY_LIMIT) throw new TwilioError(400, 21617);
  if (mediaUrls.length > MEDIA_LIMIT) throw new TwilioError(400, 21623);
  if (!mediaUrls.every(isHttpUrl)) throw new TwilioError(400, 21620);
  if (contentSid && !/^HX[0-9a-fA-F]{32}$/.test(contentSid)) throw new TwilioError(400, 21655);
  if (contentVariables && !isJsonObject(contentVariables)) throw new TwilioError(400, 21656);
  if (!contentSid) return { body, mediaUrls, contentSid, contentVariables };
  const template = store.contents.find(contentSid);
  if (template?.accountSid !== account.sid) throw new TwilioError(400, 21655);
  const values = variablesOf(contentVariables);
  return { body: renderedBody(template, values), mediaUrls, contentSid, contentVariables };
}

/** @throws TwilioError 21656 for a value that Twilio takes nowhere: nothing, line ends, tabs, five blanks in a row */
function variablesOf(text: string | null): Record<string, string> {
  const values = (text === null ? {} : JSON.parse(text)) as Record<string, unknown>;
  for (const value of Object.values(values)) {
    if (typeof value !== 'string' || value === '' || /[\n\r\t]| {5}/.test(value)) {
      throw new TwilioError(400, 21656);
    }
  }
  return values as Record<string, string>;
}

function callbackUrl(form: URLSearchParams): string | null {
  const url = given(form, 'StatusCallback');
  if (url !== null && !isHttpUrl(url)) {
    throw new TwilioError(400, 21609, `The StatusCallback URL ${url} is not a valid URL.`);
  }
  return url;
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
