import { IsIn, Matches } from 'class-validator';

const PRINTABLE = /^[\x21-\x7e]{1,512}$/;

/** What Meta asks before it posts to an address. */
export class HandshakeQueryDto {
  /** @example "subscribe" */
  @IsIn(['subscribe'])
  'hub.mode'!: 'subscribe';

  /** The connection's token, as it was entered at Meta. @example "meatyhamhock" */
  @Matches(PRINTABLE, { message: 'hub.verify_token must be 1 to 512 characters without spaces' })
  'hub.verify_token'!: string;

  /** What is to be answered. @example "1158201444" */
  @Matches(PRINTABLE, { message: 'hub.challenge must be 1 to 512 characters without spaces' })
  'hub.challenge'!: string;

  /** In our words. */
  asked(): { verifyToken: string; challenge: string } {
    return { verifyToken: this['hub.verify_token'], challenge: this['hub.challenge'] };
  }
}

/** What Meta posts, as far as it is read. https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages */
export class WhatsappCloudWebhookDto {
  /** @example "whatsapp_business_account" */
  object!: string;
  /** One for each WhatsApp Business Account, with its `id` and `changes`. @example [{"id":"102290129340398","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","phone_number_id":"106540352242922"},"contacts":[{"profile":{"name":"Dana"},"wa_id":"16505551234"}],"messages":[{"from":"16505551234","id":"wamid.HBgLMTY1MDU1NTEyMzQ=","timestamp":"1749416383","type":"text","text":{"body":"Is Friday free?"}}]}}]}] */
  entry!: object[];
}
