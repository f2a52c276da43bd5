/** The door of the simulator of Meta's WhatsApp Cloud API. */
export { startWhatsappCloudSimulator, WhatsappCloudSimulator } from './simulator';
export type { InboundInput, Settings } from './simulator';
export type { Account, Message, MessageStatus, PhoneNumber, Template } from './model';
export type { AccountInput, NumberInput, TemplateInput } from './store';
export { signature, signedRequest, type SignedRequest } from './signing';
export type { DeliveryResult } from './webhooks';
