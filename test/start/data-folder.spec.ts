import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/common/config';
import { openHome, type Home } from '../../tools/start/home';
import { takeLock } from '../../tools/start/lock';
import { withSecrets } from '../../tools/start/own-database';
import { processIdentity } from '../../tools/start/process-identity';
import { keepSecrets, secretsFile } from '../../tools/start/secrets';

let folder: string;
let home: Home;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'frontdesk-home-'));
  chmodSync(folder, 0o755);
  home = openHome(join(folder, 'home'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const lockFile = () => join(home.path, 'launcher.json');

describe('the lock', () => {
  it('is held by one launcher, who is named to the second with where it serves', () => {
    const lock = takeLock(home);
    expect(() => takeLock(home)).toThrow(/already running in .*home \(it is still starting, process \d+\)/);
    lock.announce({ url: 'http://127.0.0.1:3000' });
    expect(() => takeLock(home)).toThrow(/\(http:\/\/127\.0\.0\.1:3000, process \d+\)/);
    lock.release();
    takeLock(home).release();
    expect(existsSync(lockFile())).toBe(false);
  });

  it.each([
    ['of a process that is gone', () => JSON.stringify({ pid: 2 ** 22 - 1, identity: 'gone' })],
    [
      'of an earlier process with the same id',
      () => JSON.stringify({ pid: process.pid, identity: 'another time' }),
    ],
    ['that is damaged', () => '{"pid"'],
  ])('%s is worth nothing', (_whose, content) => {
    writeFileSync(lockFile(), content());
    const lock = takeLock(home);
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
    lock.release();
  });

  it('knows processes by more than their id', () => {
    expect(processIdentity(process.pid)).toBe(processIdentity(process.pid));
    expect(processIdentity(process.ppid)).not.toBe(processIdentity(process.pid));
    expect(processIdentity(2 ** 22 - 1)).toBeUndefined();
  });
});

describe('the secrets', () => {
  it('are made once, for their owner only, and make a valid configuration', () => {
    const secrets = keepSecrets(home);
    expect(keepSecrets(home)).toEqual(secrets);
    expect(new Set(Object.values(secrets)).size).toBe(6);
    expect(statSync(secretsFile(home)).mode & 0o777).toBe(0o600);
    const config = loadConfig({
      ...withSecrets({ JWT_SECRET: '' }, secrets),
      DATABASE_URL: 'postgres://h/d',
    });
    expect(config.auth.jwtSecret).toBe(secrets.JWT_SECRET);
    expect(config.masterKeys).toHaveLength(1);
  });

  it('give way to what the environment says', () => {
    const mine = 'x'.repeat(40);
    expect(withSecrets({ JWT_SECRET: mine }, keepSecrets(home)).JWT_SECRET).toBe(mine);
    expect(() => withSecrets({ PORT: 'many' }, keepSecrets(home))).toThrow(/^PORT: expected a whole number/);
  });

  it('are never made anew for data that need the old ones', () => {
    const secrets = keepSecrets(home);
    mkdirSync(join(home.databaseFolder, 'data'), { recursive: true });
    rmSync(secretsFile(home));
    expect(() => keepSecrets(home)).toThrow(
      /secrets\.json is missing, and the data .* cannot be read without it/,
    );
    writeFileSync(secretsFile(home), JSON.stringify({ ...secrets, MASTER_KEYS: '' }));
    expect(() => keepSecrets(home)).toThrow(/damaged \(no MASTER_KEYS\)/);
    writeFileSync(secretsFile(home), `{"MASTER_KEYS": "${secrets.MASTER_KEYS}`);
    expect(() => keepSecrets(home)).toThrow(/secrets\.json is damaged: put the right file back\.$/);
    writeFileSync(secretsFile(home), JSON.stringify({ ...secrets, METRICS_TOKEN: undefined }));
    expect(keepSecrets(home)).toMatchObject({
      MASTER_KEYS: secrets.MASTER_KEYS,
      METRICS_TOKEN: expect.any(String),
    });
  });
});

it('refuses a place where no folder can be', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => openHome(join(folder, 'file'))).toThrow(
    /is not a folder: move that file away, or set FRONTDESK_DATA_DIR/,
  );
  expect(() => openHome(join(folder, 'file', 'below'))).toThrow(/is not a folder/);
});
