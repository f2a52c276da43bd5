import * as fc from 'fast-check';
import { asUuid } from '../../../src/common/context';
import { formatMailedToken, parseMailedToken } from '../../../src/modules/tenancy/app/mailed-token';

const id = fc.uuid({ version: 7 }).map(asUuid);
const secret = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'));

describe('a token in a mail', () => {
  it('comes back as what it was made of', () => {
    fc.assert(
      fc.property(id, id, secret, (org, invitation, proof) => {
        const token = { ids: [org, invitation], secret: proof };
        const text = formatMailedToken('fdi', token);
        expect(text).toMatch(/^fdi_[\w-]{86}$/);
        expect(parseMailedToken('fdi', text)).toEqual(token);
        expect(parseMailedToken('fdr', text)).toBeUndefined();
        expect(parseMailedToken('fdr', `fdr_${text.slice(4)}`)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(id, secret, fc.constantFrom('fdr', 'fds'), (what, proof, kind) => {
        const token = { ids: [what], secret: proof };
        const text = formatMailedToken(kind, token);
        expect(parseMailedToken(kind, text)).toEqual(token);
        expect(parseMailedToken(kind === 'fds' ? 'fdr' : 'fds', text)).toBeUndefined();
      }),
    );
  });

  it('is nothing when it is anything else, and never throws', () => {
    const parts = fc.string({
      unit: fc.constantFrom('A', 'z', '_', '-', '0', ' ', '=', 'ü', '\0'),
      maxLength: 100,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          parts.map((text) => `fdi_${text}`),
        ),
        (text) => {
          const parsed = parseMailedToken('fdi', text);
          if (parsed) expect(parseMailedToken('fdi', formatMailedToken('fdi', parsed))).toEqual(parsed);
        },
      ),
    );
    expect(parseMailedToken('fdi', `fdi_${'A'.repeat(86)} `)).toBeUndefined();
    expect(parseMailedToken('fdi', `fdi_${'A'.repeat(85)}`)).toBeUndefined();
    // Ids that are none.
    expect(parseMailedToken('fdi', `fdi_${'z'.repeat(86)}`)).toBeUndefined();
  });
});
