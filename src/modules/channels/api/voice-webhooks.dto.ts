/** What Twilio posts of a call, as far as it is read. https://www.twilio.com/docs/voice/twiml#request-parameters */
export class TwilioCallDto {
  /** The provider's id of the call. @example "CA0123456789abcdef0123456789abcdef" */
  CallSid!: string;
  /** @example "AC0123456789abcdef0123456789abcdef" */
  AccountSid!: string;
  /** Of a number that is withheld: `anonymous`, `Restricted` or `+266696687`. @example "+4915112345678" */
  From?: string;
  /** @example "+14155238886" */
  To?: string;
  /** @example "inbound" */
  Direction?: string;
  /** @example "ringing" */
  CallStatus?: string;
  /** In seconds, once the call is over. @example "42" */
  CallDuration?: string;
  /** What came of forwarding it. @example "no-answer" */
  DialCallStatus?: string;
  /** @example "RE0123456789abcdef0123456789abcdef" */
  RecordingSid?: string;
  /** @example "https://api.twilio.com/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Recordings/RE0123456789abcdef0123456789abcdef" */
  RecordingUrl?: string;
  /** @example "completed" */
  RecordingStatus?: string;
  /** The key that was pressed. @example "9" */
  Digits?: string;
}
