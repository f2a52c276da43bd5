import fc from 'fast-check';
import {
  ConnectionGone,
  ContactOptedOut,
  ConversationConnectionInactive,
  errorOfRefusal,
  SessionWindowClosed,
  TextNotSendable,
} from '../../../src/modules/conversations/domain/errors';
import { replyRefusal, type ReplyCircumstances } from '../../../src/modules/conversations/domain/reply-rules';
import { checkText, MAX_TEXT } from '../../../src/modules/conversations/domain/reply-text';
import {
  isWindowOpen,
  needsWindow,
  sessionWindowAfter,
} from '../../../src/modules/conversations/domain/session-window';

const now = new Date('2026-01-05T10:00:00.000Z');
const good: ReplyCircumstances = {
  connection: { isActive: true },
  mayMessage: true,
  needsWindow: true,
  sessionWindowEndsAt: new Date('2026-01-05T10:00:00.001Z'),
  now,
};

test('free text can be sent when nothing stands against it', () => expect(replyRefusal(good)).toBeNull());

test.each([
  ['connection_gone', { connection: undefined, mayMessage: false }, ConnectionGone, 'connection_gone'],
  [
    'connection_inactive',
    { connection: { isActive: false }, mayMessage: false },
    ConversationConnectionInactive,
    'connection_inactive',
  ],
  ['opted_out', { mayMessage: false, sessionWindowEndsAt: null }, ContactOptedOut, 'contact_opted_out'],
  ['outside_window', { sessionWindowEndsAt: null }, SessionWindowClosed, 'session_window_closed'],
  ['outside_window', { sessionWindowEndsAt: now }, SessionWindowClosed, 'session_window_closed'],
] as const)('%s: %j', (refusal, change, error, code) => {
  expect(replyRefusal({ ...good, ...change })).toBe(refusal);
  expect(errorOfRefusal(refusal)).toBeInstanceOf(error);
  expect(errorOfRefusal(refusal).code).toBe(code);
});

test('what needs no window is sent outside of one', () => {
  expect(replyRefusal({ ...good, needsWindow: false, sessionWindowEndsAt: null })).toBeNull();
});

test.each([
  ['whatsapp', null, true],
  ['whatsapp', { contentId: null }, true],
  ['whatsapp', { contentId: 'HX1' }, false],
  ['sms', null, false],
  ['voice', null, false],
] as const)('on %s with template %j a window is needed: %s', (channel, template, needed) => {
  expect(needsWindow(channel, template)).toBe(needed);
});

test('the session window is open for exactly 24 hours', () => {
  fc.assert(
    fc.property(fc.integer({ min: -200_000_000, max: 200_000_000 }), (offset) => {
      const inbound = new Date(now.getTime() - offset);
      expect(isWindowOpen(sessionWindowAfter(inbound), now)).toBe(offset < 24 * 60 * 60 * 1000);
    }),
  );
});

describe('a text', () => {
  test.each(['a', ' a ', 'x'.repeat(MAX_TEXT), '😀'.repeat(MAX_TEXT)])('is taken (%#)', (text) =>
    expect(() => checkText(text)).not.toThrow(),
  );

  test.each([
    ['', 'blank'],
    [' \n\t ', 'blank'],
    ['x'.repeat(MAX_TEXT + 1), 'too_long'],
    ['😀'.repeat(MAX_TEXT + 1), 'too_long'],
  ])('is refused by field (%#)', (text, code) => {
    expect(() => checkText(text)).toThrow(TextNotSendable);
    expect(() => checkText(text)).toThrow(
      expect.objectContaining({ fields: [expect.objectContaining({ field: 'text', code })] }),
    );
  });
});
