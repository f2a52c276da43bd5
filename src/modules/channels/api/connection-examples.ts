/** A number is one of these: together their fields would be refused. The accounts are those of the simulators' demo. */
const TWILIO = {
  provider: 'twilio',
  accountSid: 'AC00000000000000000000000000000001',
  authToken: '00000000000000000000000000000002',
} as const;

const WHATSAPP = {
  ...TWILIO,
  channel: 'whatsapp',
  address: '+14155238886',
  friendlyName: 'Front desk',
} as const;

const SMS = { ...TWILIO, channel: 'sms', address: '+14155238885', friendlyName: 'Text messages' } as const;

const WHATSAPP_AT_META = {
  provider: 'whatsapp_cloud',
  channel: 'whatsapp',
  businessAccountId: '100000000000001',
  phoneNumberId: '100000000000003',
  appId: '100000000000002',
  appSecret: '00000000000000000000000000000004',
  accessToken: 'EAA0000000000000000000000000005',
  friendlyName: 'Front desk',
} as const;

/** For members: what they connect. */
export const NEW_NUMBERS = {
  'WhatsApp at Twilio': { value: WHATSAPP },
  'WhatsApp at Meta': { value: WHATSAPP_AT_META },
  'SMS at Twilio': { value: SMS },
  'SMS by a Messaging Service': {
    value: { ...SMS, messagingServiceSid: 'MG00000000000000000000000000000001' },
  },
  'calls at Twilio': { value: { ...SMS, channel: 'voice', friendlyName: 'Telephone' } },
};

/** For the operator: what organizations share. */
export const NEW_SHARED_NUMBERS = {
  'WhatsApp at Twilio': NEW_NUMBERS['WhatsApp at Twilio'],
  'WhatsApp at Meta': NEW_NUMBERS['WhatsApp at Meta'],
  'SMS at Twilio': NEW_NUMBERS['SMS at Twilio'],
};

/** Secrets that take the place of others. */
export const NEW_SECRETS = {
  'Twilio’s auth token': { value: { authToken: '00000000000000000000000000000003', overlapHours: 24 } },
  'Meta’s access token': { value: { accessToken: 'EAA0000000000000000000000000006' } },
  'Meta’s app secret': { value: { appSecret: '00000000000000000000000000000007', overlapHours: 24 } },
};
