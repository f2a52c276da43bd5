const { swc } = require('./test/environment/swc');

/** Tests run on TypeScript as written. The program and all packages are loaded once per worker: test/environment. */
module.exports = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/test/environment/environment.js',
  roots: ['<rootDir>/test', '<rootDir>/src'],
  testMatch: ['**/*.spec.ts'],
  transform: {
    '/(src|tools|bench|node_modules)/.*\\.([cm]?js|ts)$': '<rootDir>/test/environment/transform.js',
    '\\.ts$': ['@swc/jest', swc],
  },
  transformIgnorePatterns: [],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // Against tests that hang; how long one takes says nothing of it.
  testTimeout: 900_000,
  maxWorkers: 2,
};
