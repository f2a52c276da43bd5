export * from './config';
export type { MailSettings } from './mail-settings';
export type { MasterKey, Variable } from './variable';
export { VARIABLES } from './variables';
