import { testApp, anOrganization, as, type Caller, type TestApp } from '../support';

interface Problem {
  errors?: { field: string; code: string }[];
}

let app: TestApp;
let owner: Caller;

beforeAll(async () => {
  app = await testApp();
  owner = as(app, (await anOrganization(app)).ownerToken);
});
afterAll(() => app.stop());

const errorsOf = ({ body }: { body: unknown }) =>
  ((body as Problem).errors ?? []).map(({ field, code }) => `${field}: ${code}`);

describe('names that every object has', () => {
  test.each(['constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
    '%s is no field of a contact, and whoever sends it is told',
    async (key) => {
      const values = { [key]: 'x' };
      const refused = await owner.post('/contacts', { name: 'Dana', customFields: values }).expect(422);
      expect(errorsOf(refused)).toEqual([`customFields.${key}: unknown_field`]);
      const { body } = await owner.post('/contacts', { name: 'Dana' }).expect(201);
      const unchanged = await owner
        .patch(`/contacts/${(body as { id: string }).id}`, { customFields: values })
        .expect(422);
      expect(errorsOf(unchanged)).toEqual([`customFields.${key}: unknown_field`]);
    },
  );

  test.each(['constructor', '__proto__'])('no field is called %s', async (key) => {
    const refused = await owner.post('/contact-fields', { key, label: 'X', type: 'text' }).expect(422);
    expect(errorsOf(refused)).toContainEqual(expect.stringMatching(/^key: /));
  });
});

const ODD = [
  '"a\r\nBcc: x"@b.example',
  '"a b"@b.example',
  'ｄana@b.example',
  'dana@ｂ.example',
  '\u212Aim@b.example',
];

test.each(ODD)('%j is an address nowhere', async (email) => {
  const organization = { name: 'A', slug: 'a-b', timezone: 'Europe/Berlin', defaultCountry: 'DE' };
  const anyone = as(app, '');
  expect(errorsOf(await anyone.post('/auth/sign-up', { email, organization }).expect(422))).toEqual([
    'email: isEmail',
  ]);
  expect(errorsOf(await owner.post('/invitations', { email, role: 'agent' }).expect(422))).toEqual([
    'email: isEmail',
  ]);
  expect(errorsOf(await owner.post('/contacts', { email }).expect(422))).toEqual(['email: bad_email']);
});

test.each(['A\r\nBcc: x', 'A\u0085B', 'A\u2028B', 'A\u001b[0m'])('%j is nobody’s name', async (name) => {
  const named = await owner.patch('/organization', { name }).expect(422);
  expect(errorsOf(named)).toEqual(['name: name_invalid']);
  expect(errorsOf(await owner.patch('/me', { firstName: name }).expect(422))).toEqual(['firstName: matches']);
  const labelled = await owner.post('/contact-fields', { key: 'x', label: name, type: 'text' }).expect(422);
  expect(errorsOf(labelled)).toEqual(['label: matches']);
  const { body } = await owner.post('/contacts', { name }).expect(201);
  expect((body as { name: string }).name).not.toMatch(/\p{Cc}|\u2028/u);
});
