/** Ways to reach a person. */
export const CHANNELS = ['whatsapp', 'sms', 'voice'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Companies that carry messages for us. */
export const PROVIDERS = ['twilio', 'whatsapp_cloud'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** How the organization of a delivery is found: the number belongs to one, or it is shared and the sender tells. */
export const ROUTINGS = ['dedicated', 'shared'] as const;
export type Routing = (typeof ROUTINGS)[number];
