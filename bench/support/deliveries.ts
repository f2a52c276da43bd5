import { randomBytes } from 'node:crypto';
import * as twilio from '../../tools/twilio-simulator';
import * as meta from '../../tools/whatsapp-cloud-simulator';
import { connectCloudNumber, connectNumber } from './numbers';
import type { ServerProcess } from './process';
import type { World } from './world';

/** A signed delivery. */
export interface Delivery {
  readonly body: string;
  readonly headers: Record<string, string>;
}

/** A provider that delivers. */
export interface Delivers {
  readonly path: string;
  /** Connects a number that it delivers to. Returns the connection's id. */
  connect(world: World, api: ServerProcess): Promise<string>;
  /** A new inbound message each time, alone in its request, signed as the provider signs. */
  inbound(world: World, publicUrl: string): Delivery;
}

const TEXT = 'Can I come on Friday?';

export const TWILIO: Delivers = {
  path: '/api/v1/channels/whatsapp/webhook',
  connect: connectNumber,
  inbound(world, publicUrl) {
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const fields: Record<string, string> = {
      SmsMessageSid: sid,
      NumMedia: '0',
      ProfileName: 'Ann',
      MessageType: 'text',
      SmsSid: sid,
      WaId: '15557654321',
      SmsStatus: 'received',
      Body: TEXT,
      To: `whatsapp:${world.number}`,
      NumSegments: '1',
      ReferralNumMedia: '0',
      MessageSid: sid,
      AccountSid: world.accountSid,
      From: 'whatsapp:+15557654321',
      ApiVersion: '2010-04-01',
    };
    return {
      body: new URLSearchParams(fields).toString(),
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'user-agent': 'TwilioProxy/1.1',
        'x-twilio-signature': twilio.signature(world.authToken, `${publicUrl}${TWILIO.path}`, fields),
      },
    };
  },
};

export const META: Delivers = {
  path: '/api/v1/channels/whatsapp-cloud/webhook',
  connect: connectCloudNumber,
  inbound(_world, publicUrl) {
    const { id: accountId, appSecret } = meta.DEMO_ACCOUNT;
    const { id: numberId, address } = meta.DEMO_NUMBER;
    const id = `wamid.${randomBytes(24).toString('base64')}`;
    const timestamp = String(Math.floor(Date.now() / 1000));
    const value = {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: address.slice(1), phone_number_id: numberId },
      contacts: [{ profile: { name: 'Ann' }, wa_id: '15557654321' }],
      messages: [{ from: '15557654321', id, timestamp, type: 'text', text: { body: TEXT } }],
    };
    const entry = [{ id: accountId, changes: [{ field: 'messages', value }] }];
    const payload = { object: 'whatsapp_business_account', entry };
    const { body, headers } = meta.signedRequest(appSecret, `${publicUrl}${META.path}`, payload);
    return { body, headers };
  },
};
