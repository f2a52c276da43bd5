import type { Account, Content, Message } from './model';

/** JSON as Twilio writes it. */
export type Json = Record<string, unknown>;

/** RFC 2822 with Twilio's way of writing UTC, to the second; null stays null. */
export function rfc2822(date: Date | null): string | null {
  return date === null ? null : date.toUTCString().replace('GMT', '+0000');
}

/** A message as the REST API shows it. */
export function messageResource(message: Message): Json {
  const uri = `/2010-04-01/Accounts/${message.accountSid}/Messages/${message.sid}`;
  return {
    account_sid: message.accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: rfc2822(message.createdAt),
    date_sent: rfc2822(message.sentAt),
    date_updated: rfc2822(message.updatedAt),
    direction: message.direction,
    error_code: message.errorCode,
    error_message: message.errorMessage,
    from: message.from,
    messaging_service_sid: message.messagingServiceSid,
    num_media: String(message.mediaUrls.length),
    // A Messaging Service counts when it has chosen a sender.
    num_segments: message.status === 'accepted' ? '0' : String(message.numSegments),
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: message.to,
    uri: `${uri}.json`,
  };
}

/** A content template and its approval as the Content API shows them. */
export function contentResource(content: Content): Json {
  return {
    account_sid: content.accountSid,
    approval_requests: {
      allow_category_change: true,
      category: content.category,
      content_type: Object.keys(content.types)[0],
      name: content.friendlyName,
      rejection_reason: content.rejectionReason,
      status: content.status,
    },
    date_created: content.createdAt.toISOString(),
    date_updated: content.updatedAt.toISOString(),
    friendly_name: content.friendlyName,
    language: content.language,
    sid: content.sid,
    types: content.types,
    variables: content.variables,
  };
}

/** An account as the REST API shows it. */
export function accountResource(account: Account): Json {
  const uri = `/2010-04-01/Accounts/${account.sid}`;
  return {
    auth_token: account.authToken,
    date_created: rfc2822(account.createdAt),
    date_updated: rfc2822(account.createdAt),
    friendly_name: account.friendlyName,
    owner_account_sid: account.sid,
    sid: account.sid,
    status: account.status,
    subresource_uris: { messages: `${uri}/Messages.json` },
    type: 'Full',
    uri: `${uri}.json`,
  };
}
