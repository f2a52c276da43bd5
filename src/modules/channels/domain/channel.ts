/** Ways to reach a person. */
export const CHANNELS = ['whatsapp', 'sms', 'voice'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Companies that carry messages for us. */
export const PROVIDERS = ['twilio', 'whatsapp_cloud'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** `dedicated`: the number belongs to one organization; `shared`: the sender's mapping says whose message it is. */
export const ROUTINGS = ['dedicated', 'shared'] as const;
export type Routing = (typeof ROUTINGS)[number];
