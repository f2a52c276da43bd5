export * from './rule-error';
