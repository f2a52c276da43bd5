export * from './connections';
export * from './databases';
export * from './people';
export * from './test-app';
