import { LogSearch, type Confidential } from '../support/log-search';

const VALUES: readonly Confidential[] = [
  { kind: 'auth token', value: '0123456789abcdef0123456789abcdef' },
  { kind: 'access token', value: 'eyJhbGciOi.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl' },
  { kind: 'password', value: 'a long enough password' },
  { kind: 'message text', value: 'Is "Friday" free?' },
  { kind: 'phone number', value: '+491515512345' },
];

function line(reason: string): string {
  return `${JSON.stringify({ level: 'info', reason, msg: 'sent' })}\n`;
}

describe('the search of the logs', () => {
  it.each(VALUES)('finds a planted $kind, and does not repeat it', ({ kind, value }) => {
    const planted = `# a.spec.ts\n${line('fine')}${line(`refused: ${value}, twice`)}${line('fine')}`;
    const leaks = new LogSearch(VALUES).leaksIn(planted);
    expect(leaks).toMatchObject([{ kind, spec: 'a.spec.ts' }]);
    expect(leaks[0]?.line).toContain(`<${kind}>`);
    expect(JSON.stringify(leaks)).not.toContain(value.replace('+', ''));
  });

  it('knows the test file over the parts of a log', () => {
    const search = new LogSearch(VALUES);
    expect(search.leaksIn(`# a.spec.ts\n${line('fine')}# b.spec.ts\n${line('fine')}`)).toEqual([]);
    expect(search.leaksIn(line('of +491515512345'))).toMatchObject([{ spec: 'b.spec.ts' }]);
  });

  it('finds a number in an address', () => {
    expect(new LogSearch(VALUES).leaksIn(line('/contacts?phone=%2B491515512345'))).toHaveLength(1);
  });

  it('is silent about anything else', () => {
    const lines = ['Is Friday taken?', 'a long password', '+491515512346', '0123456789abcdef', 'eyJhbGciOi'];
    expect(new LogSearch(VALUES).leaksIn(lines.map(line).join(''))).toEqual([]);
  });
});
