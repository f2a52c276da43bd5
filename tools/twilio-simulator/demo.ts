/**
 * The account and number the stand-alone program begins with. They are made up and open nothing; the
 * digits are dull on purpose, so that nobody takes them for a leaked credential.
 */
export const DEMO_ACCOUNT_SID = `AC${'0'.repeat(31)}1`;

/** The demo account's token unless TWILIO_SIMULATOR_AUTH_TOKEN gives another. */
export const DEMO_AUTH_TOKEN = `${'0'.repeat(31)}2`;

/** The demo account's WhatsApp number. */
export const DEMO_NUMBER = 'whatsapp:+14155238886';

/** The demo account's number for SMS and calls. */
export const DEMO_PHONE_NUMBER = '+14155238885';
