export * from './permission';
export * from './principal';
