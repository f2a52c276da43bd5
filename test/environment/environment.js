const hooks = require('node:async_hooks');
const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');
const { requireShared, SHARED } = require('./shared-modules');

/** Compiles for this process itself what asks for our context, which is a mark and nothing else. */
const HERE = vm.createContext({});
const compileFunction = vm.compileFunction;
vm.compileFunction = (code, parameters, { parsingContext, ...options }) =>
  compileFunction(code, parameters, parsingContext === HERE ? options : { parsingContext, ...options });

/**
 * What the files until now made. Every promise of the process costs the more the more of these are in use, and each
 * program and each file brings its own.
 */
const storages = new Set();
hooks.AsyncLocalStorage = class extends hooks.AsyncLocalStorage {
  constructor(...args) {
    super(...args);
    storages.add(this);
  }
};

/**
 * Runs spec files in the worker's own context instead of a new one each, so that they can share the program and its
 * packages, which are loaded once per worker (see shared-modules.js). A spec and what is in test/ are loaded anew for each
 * file, and so is all that jest itself puts in place.
 */
module.exports = class SharedEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    // What jest keeps for itself under symbols: the clock and the files that fake ones must not replace.
    for (const symbol of Object.getOwnPropertySymbols(this.global))
      if (!(symbol in globalThis)) globalThis[symbol] = this.global[symbol];
    this.fakeTimersModern = new this.fakeTimersModern.constructor({
      config: config.projectConfig,
      global: globalThis,
    });
    this.moduleMocker = new this.moduleMocker.constructor(globalThis);
    this.global = globalThis;
    this.before = { env: { ...process.env }, exit: process.exit };
    globalThis[SHARED] = requireShared;
  }

  getVmContext() {
    return HERE;
  }

  async teardown() {
    await super.teardown();
    for (const name of Object.keys(process.env)) if (!(name in this.before.env)) delete process.env[name];
    Object.assign(process.env, this.before.env);
    process.exit = this.before.exit;
    delete globalThis[SHARED];
    for (const storage of storages) storage.disable();
    storages.clear();
  }
};
