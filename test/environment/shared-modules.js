const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, existsSync, writeFileSync, renameSync } = require('node:fs');
const { Module } = require('node:module');
const { join } = require('node:path');
const { transformSync } = require('@swc/core');
const { swc } = require('./swc');

/** Where a spec finds {@link requireShared}, on the global object. */
const SHARED = Symbol.for('frontdesk.require-shared');
const FOLDER = join(__dirname, '../../node_modules/.cache/frontdesk-test');
mkdirSync(FOLDER, { recursive: true });

/** Compiled TypeScript lies in a file, so that stack traces find its source map. */
function compiled(path) {
  const source = readFileSync(path);
  const name = createHash('sha256').update(path).update(source).update(JSON.stringify(swc)).digest('hex');
  const file = join(FOLDER, `${name}.js`);
  if (!existsSync(file)) {
    const { code } = transformSync(source.toString(), { ...swc, filename: path, sourceMaps: 'inline' });
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  }
  return file;
}

Module._extensions['.ts'] = (module, path) => {
  const file = compiled(path);
  module._compile(readFileSync(file, 'utf8'), file);
};

module.exports = { SHARED, requireShared: require };
