/** The door of the simulator of Meta's WhatsApp Cloud API: everything tests, the launcher and the bench may use of it. */
export { startWhatsappCloudSimulator } from './start';
export { WhatsappCloudSimulator } from './simulator';
export type { MessageFilter, SimulatorOptions, StatusInput } from './simulator';
export type { Fault, FaultEffect, FaultInput } from '../twilio-simulator/faults';
export type { Violation } from '../twilio-simulator/published-api';
export type { InboundInput, InboundMedia } from './inbound';
export type { Account, Message, MessageStatus, PhoneNumber, Template } from './model';
export type { CreateHook, MessageDraft } from './send-message';
export { DEFAULT_SETTINGS, type Settings } from './settings';
export type { AccountInput, NumberInput, TemplateInput } from './store';
export { DEMO_ACCOUNT, DEMO_NUMBER } from './demo';
export { signature, signedRequest, type SignedRequest } from './signing';
export type { DeliveryResult } from './webhooks';
