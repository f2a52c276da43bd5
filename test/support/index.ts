export * from './connections';
export * from './databases';
export * from './mails';
export * from './people';
export * from './test-app';
export * from './until';
export * from './media';
