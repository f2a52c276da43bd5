/**
 * Takes the operations that the product uses out of Twilio's published OpenAPI description, unchanged, with the schemas
 * that they refer to: `node tools/twilio-simulator/published/extract.mjs [version]`. The npm package @twilio/cli-core ships
 * the descriptions of github.com/twilio/twilio-oai; it is fetched into a temporary folder and never run.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGE = '@twilio/cli-core';

const OPERATIONS = {
  'twilio_api_v2010.json': [
    'CreateCall',
    'CreateMessage',
    'DeleteRecording',
    'FetchAccount',
    'FetchMedia',
    'FetchCall',
    'FetchMessage',
    'FetchRecording',
    'ListCall',
    'ListMedia',
    'ListMessage',
    'UpdateCall',
  ],
  'twilio_content_v1.json': ['FetchApprovalFetch', 'FetchContent', 'ListContent', 'ListContentAndApprovals'],
};
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];

/** The package's files, in a temporary folder that the caller removes. */
function fetchPackage(version, folder) {
  const run = (command, ...args) => {
    const { status, error } = spawnSync(command, args, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (error ?? status !== 0) throw error ?? new Error(`${command} failed`);
  };
  run('npm', 'pack', '--silent', '--ignore-scripts', `${PACKAGE}@${version}`);
  const [archive] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  run('tar', 'xzf', archive);
  return join(folder, 'package');
}

/** The path items with the wanted operations alone; what else stands on a path item stays. */
function wantedPaths(document, wanted) {
  const paths = {};
  for (const [path, item] of Object.entries(document.paths)) {
    const kept = Object.entries(item).filter(
      ([key, value]) => !METHODS.includes(key) || wanted.includes(value.operationId),
    );
    if (kept.some(([key]) => METHODS.includes(key))) paths[path] = Object.fromEntries(kept);
  }
  const found = Object.values(paths).flatMap((item) => METHODS.map((method) => item[method]?.operationId));
  const missing = wanted.filter((id) => !found.includes(id));
  if (missing.length > 0) throw new Error(`no longer published: ${missing.join(', ')}`);
  return paths;
}

/** The names of the schemas that a value refers to, and those that these refer to. */
function schemasOf(document, value, names = new Set()) {
  if (typeof value !== 'object' || value === null) return names;
  const name = value.$ref?.replace('#/components/schemas/', '');
  if (name !== undefined && !names.has(name)) {
    names.add(name);
    schemasOf(document, document.components.schemas[name], names);
  }
  for (const inner of Object.values(value)) schemasOf(document, inner, names);
  return names;
}

function extract(document, wanted) {
  const paths = wantedPaths(document, wanted);
  const schemas = [...schemasOf(document, paths)].sort();
  return {
    openapi: document.openapi,
    info: document.info,
    servers: document.servers,
    security: document.security,
    paths,
    components: {
      schemas: Object.fromEntries(schemas.map((name) => [name, document.components.schemas[name]])),
      securitySchemes: document.components.securitySchemes,
    },
  };
}

const folder = mkdtempSync(join(tmpdir(), 'twilio-oai-'));
try {
  const root = fetchPackage(process.argv[2] ?? 'latest', folder);
  for (const [file, wanted] of Object.entries(OPERATIONS)) {
    const text = readFileSync(join(root, 'src', 'services', 'twilio-api', file), 'utf8');
    writeFileSync(join(HERE, file), `${JSON.stringify(extract(JSON.parse(text), wanted), null, 2)}\n`);
  }
  copyFileSync(join(root, 'LICENSE'), join(HERE, 'LICENSE'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.log(`Taken from ${PACKAGE} ${version}: name it in README.md.`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
