export { isEmailAddress, normaliseEmail } from './email-address';
export * from './permission';
export * from './principal';
