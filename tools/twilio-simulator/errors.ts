/** Twilio's texts for the codes the simulator knows; a `fail` fault without a message uses them too. */
const MESSAGES: Readonly<Record<number, string>> = {
  20001: 'Invalid parameter',
  20003: 'Authenticate',
  20004: 'Method not allowed',
  20005: 'Account is not active',
  20404: 'The requested resource was not found',
  20429: 'Too Many Requests',
  20500: 'An internal server error has occurred',
  20503: 'Service unavailable',
  21211: "Invalid 'To' Phone Number",
  21212: "Invalid 'From' Phone Number",
  21266: "'To' and 'From' number cannot be the same",
  21602: 'Message body is required.',
  21603: "A 'From' phone number is required.",
  21604: "A 'To' phone number is required.",
  21606:
    "The 'From' phone number is not a valid, SMS-capable inbound phone number or short code for your account.",
  21609: "The 'StatusCallback' URL is not a valid URL.",
  21610: 'Attempt to send to unsubscribed recipient',
  21617: 'The concatenated message body exceeds the 1600 character limit.',
  21620: 'Invalid media URL(s)',
  21623: 'Number of media files exceeds allowed limit',
  21655: 'The ContentSid is Invalid',
  21656: 'The Content Variables parameter is invalid.',
  21703: 'The Messaging Service does not contain a phone number',
  21711: 'Phone Number, Shortcode, or AlphaSender is not associated to the specified Messaging Service.',
  21910: 'Invalid From and To pair. From and To should be of the same channel',
  30003: 'Unreachable destination handset',
  30005: 'Unknown destination handset',
  30007: 'Message filtered',
  63007: 'Twilio could not find a Channel with the specified From address',
  63016:
    'Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template.',
  63024: 'Invalid message recipient',
  63027: 'Template does not exist for a language and locale',
  63040: 'Template rejected',
  63041: 'Template paused',
  63042: 'Template disabled',
};

/** Twilio's text for an error code, or a general one for codes the simulator doesn't know. */
export function twilioMessage(code: number): string {
  return MESSAGES[code] ?? 'Unable to create record';
}

/** An answer of the REST API that is an error: HTTP `status` and Twilio `code`. */
export class TwilioError extends Error {
  constructor(
    readonly status: number,
    readonly code: number,
    message: string = twilioMessage(code),
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.name = 'TwilioError';
  }

  /** The JSON body Twilio answers with. */
  toJSON(): { code: number; message: string; more_info: string; status: number } {
    return {
      code: this.code,
      message: this.message,
      more_info: `https://www.twilio.com/docs/errors/${this.code}`,
      status: this.status,
    };
  }
}

/** The simulator was asked for something impossible by its user (not by its REST client): HTTP 400. */
export class SimulatorInputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SimulatorInputError';
  }
}
