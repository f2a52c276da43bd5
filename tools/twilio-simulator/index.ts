/** The door of the Twilio simulator: everything tests, the launcher and the bench may use of it. */
export { startTwilioSimulator } from './start';
export { TwilioSimulator } from './simulator';
export type { MessageFilter, ReceiveInput, ReceiveResult, SimulatorOptions } from './simulator';
export type { CallInput } from './calls';
export type { CallBehaviour, PhoneCall, Pickup, Recording } from './phone-call';
export { CONTENT_STATUSES, type ContentInput } from './contents';
export { DEMO_ACCOUNT_SID, DEMO_AUTH_TOKEN, DEMO_NUMBER, DEMO_PHONE_NUMBER } from './demo';
export { SimulatorInputError } from './errors';
export { FAULT_KINDS } from './faults';
export type { Fault, FaultEffect, FaultInput, FaultScope, Faults } from './faults';
export type { InboundInput, OptOutType } from './inbound';
export type {
  Account,
  Content,
  ContentStatus,
  Message,
  MessageDraft,
  MessageStatus,
  PhoneNumber,
} from './model';
export type { FetchedMedia, InboundMedia } from './media';
export type { Rule, Violation } from './published-api';
export type { CreateHook } from './rest-api';
export { DEFAULT_SETTINGS } from './settings';
export type { OutboundStep, RetryPolicy, Settings } from './settings';
export { signature, signedRequest } from './signing';
export type { SignedRequest } from './signing';
export type { AccountInput, NumberInput } from './store';
export type { Attempt, DeliveryResult } from './webhooks';
