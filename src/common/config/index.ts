export * from './config';
export type { IdentityProvider } from './identity-provider';
export type { MailSettings } from './mail-settings';
export type { MediaSettings, S3Settings } from './media-settings';
export type { MasterKey, Variable } from './variable';
export { VARIABLES } from './variables';
