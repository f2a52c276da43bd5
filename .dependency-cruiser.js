/**
 * The house as rules (docs/architecture.md). The stairs are made from one ordered list, tools/stairs.json: a module
 * that exists in src/modules and stands not in it breaks `stairs-unlisted-module`, so none can be left out.
 * test/arch/stairs.spec.ts plants a violation of every rule below and fails when a rule has none.
 */
const modules = require('./tools/stairs.json');

const listed = modules.join('|');
const packages = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;
const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const stairs = [
  error(
    'stairs-common',
    'common is the ground: it knows no module. Offer a port that the module implements.',
    { path: '^src/common/' },
    { path: '^src/modules/' },
  ),
  ...modules
    .slice(0, -1)
    .map((name, step) =>
      error(
        `stairs-${name}`,
        `${name} may call only what stands left of it. To affect something above, publish an event.`,
        { path: `^src/modules/${name}/` },
        { path: `^src/modules/(${modules.slice(step + 1).join('|')})/` },
      ),
    ),
  error(
    'stairs-unlisted-module',
    'This module has no step: give it its place in tools/stairs.json.',
    { path: `^src/modules/(?!(${listed})/)` },
    {},
  ),
  error(
    'stairs-unlisted-target',
    'The imported module has no step: give it its place in tools/stairs.json.',
    { path: '^src/' },
    { path: `^src/modules/(?!(${listed})/)` },
  ),
];

const doors = [
  error(
    'doors-between-modules',
    'A module is entered by its index.ts and by nothing else.',
    { path: '^src/modules/([^/]+)/' },
    { path: '^src/modules/[^/]+/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
  ),
  error(
    'doors-from-outside',
    'A module is entered by its index.ts and by nothing else.',
    { path: '^src/', pathNot: '^src/modules/' },
    { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
  ),
];

/** A package is pure when it computes and holds no connection: the domain may use it. */
const PURE_PACKAGES = ['libphonenumber-js', 'luxon'];

const rooms = [
  error(
    'rooms-domain-pure',
    'Rules import their own domain and common/{errors,events,time,context,auth}; the caller hands them the rest.',
    { path: '^src/modules/([^/]+)/domain/' },
    { path: '^src/', pathNot: ['^src/modules/$1/domain/', '^src/common/(errors|events|time|context|auth)/'] },
  ),
  error(
    'rooms-domain-no-framework',
    'A rule knows neither Nest nor Fastify nor TypeORM: it must be testable by calling it.',
    { path: '^src/modules/[^/]+/domain/' },
    { path: packages('@nestjs', 'fastify', '@fastify', 'typeorm') },
  ),
  error(
    'rooms-domain-no-packages',
    'A rule computes: no package but the pure ones named in .dependency-cruiser.js, no file, socket or process.',
    { path: '^src/modules/[^/]+/domain/' },
    { pathNot: ['^src/', packages(...PURE_PACKAGES)] },
  ),
  error(
    'rooms-api-not-db',
    'api → app → domain: a controller calls a use case or a query, never a repository.',
    { path: '^src/modules/[^/]+/api/' },
    { path: '^src/modules/[^/]+/db/' },
  ),
  error(
    'rooms-app-not-api',
    'api → app → domain: a use case knows nothing of HTTP.',
    { path: '^src/modules/[^/]+/app/' },
    { path: '^src/modules/[^/]+/api/' },
  ),
  error(
    'rooms-db-not-up',
    'app → db → domain: a repository calls neither use cases nor controllers.',
    { path: '^src/modules/[^/]+/db/' },
    { path: '^src/modules/[^/]+/(app|api)/' },
  ),
  error(
    'rooms-providers-leaf',
    'An adapter knows its port, the ground and packages: it translates, and decides nothing.',
    { path: '^src/modules/([^/]+)/providers/' },
    { path: '^src/modules/', pathNot: '^src/modules/$1/(domain|providers)/' },
  ),
  error(
    'rooms-providers-behind-port',
    'Providers are reached through the port in domain/; the Nest module binds them.',
    { path: '^src/modules/([^/]+)/(api|app|domain|db)/' },
    { path: '^src/modules/$1/providers/' },
  ),
  error(
    'rooms-api-no-typeorm',
    'Entities and query builders stay in db/.',
    { path: '^src/modules/[^/]+/api/' },
    { path: packages('typeorm') },
  ),
];

const ground = [
  error(
    'server-not-tools',
    'The server ships without its tools, tests and benchmarks.',
    { path: '^src/' },
    { path: '^(tools|test|bench)/|^ormconfig\\.ts$' },
  ),
  error(
    'server-no-dev-packages',
    'The image is built without devDependencies: this import would fail there.',
    { path: '^src/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
  ),
  error(
    'server-listed-packages',
    'Only packages named in package.json may be imported; another one is there by accident.',
    { path: '^src/' },
    { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  ),
  error(
    'no-unresolvable',
    'The imported file or package does not exist.',
    { path: '^src/' },
    { couldNotResolve: true },
  ),
  error(
    'no-circular',
    'Two files that need each other are one file, or miss a third.',
    { path: '^src/' },
    { circular: true },
  ),
  error(
    'migrations-alone',
    'A migration must still run when all other code has changed: it imports migrations/support and typeorm only.',
    { path: '^src/migrations/', pathNot: '^src/migrations/index\\.ts$' },
    { pathNot: ['^src/migrations/support/', packages('typeorm')] },
  ),
  error(
    'migrations-index-lists',
    'The index names the migrations in their order and does nothing else.',
    { path: '^src/migrations/index\\.ts$' },
    { pathNot: '^src/migrations/\\d+-' },
  ),
  error(
    'twilio-only-in-channels',
    'Channels is the pipes: everything above asks it to send, and within it only the adapter knows the SDK.',
    { path: '^src/', pathNot: '^src/modules/channels/providers/' },
    { path: packages('twilio') },
  ),
  error(
    'pg-only-in-common',
    'runInOrg is the only way to tenant tables: a module opens no connection of its own.',
    { path: '^src/modules/' },
    { path: packages('pg', 'pg-pool', 'graphile-worker') },
  ),
];

module.exports = {
  forbidden: [...stairs, ...doors, ...rooms, ...ground],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    skipAnalysisNotInRules: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
    progress: { type: 'none' },
  },
};
