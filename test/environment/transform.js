const { createTransformer } = require('@swc/jest');
const { swc } = require('./swc');

const compiler = createTransformer(swc);

/** A module of the program or of a package: for specs the one that the worker has, for the global set-up as written. */
module.exports = {
  ...compiler,
  process(source, path, options) {
    const { code, map } = compiler.process(source, path, options);
    const shared = `globalThis[Symbol.for('frontdesk.require-shared')]`;
    return {
      code: `if (${shared}) { module.exports = ${shared}(${JSON.stringify(path)}); return; } ${code}`,
      map,
    };
  },
};
