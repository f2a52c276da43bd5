import { Writable } from 'node:stream';
import { Log } from '../../../src/common/logging';

function logged(write: (log: Log) => void): string {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(chunk.toString());
      done();
    },
  });
  write(new Log('debug', sink));
  return lines.join('');
}

test('an error is logged by class, code and places, though its message be written like one', () => {
  const message = 'invalid input: "\n    at my sister’s, +4915112345678"';
  const line = logged((log) =>
    log.error('x', { error: Object.assign(new TypeError(message), { code: '22P02' }) }),
  );
  const { error } = JSON.parse(line) as { error: { name: string; code: string; stack: string[] } };
  expect(error).toMatchObject({ name: 'TypeError', code: '22P02' });
  expect(error.stack[0]).toMatch(/^at .*log\.spec\.ts/);
  expect(line).not.toContain('sister');
});

test('what had another message before shows neither', () => {
  const error = new Error('second');
  error.stack = `Error: first\n    at the door\n    at Object.<anonymous> (file.ts:1:2)`;
  expect(logged((log) => log.error('x', { error }))).not.toContain('door');
});
