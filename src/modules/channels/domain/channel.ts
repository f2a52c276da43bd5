/** Ways to reach a person. */
export const CHANNELS = ['whatsapp', 'sms', 'voice'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Companies that carry messages for us. */
export const PROVIDERS = ['twilio', 'whatsapp_cloud'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** How the organization of a delivery is found. Every connection is `dedicated`: its number's. Nothing makes a `shared` one. */
export const ROUTINGS = ['dedicated', 'shared'] as const;
export type Routing = (typeof ROUTINGS)[number];
