export * from './request-context';
export * from './scope';
export * from './uuid';
