import { aBusiness, aConversation, anInstallation, type TestInstallation } from '../support/business';

interface Contact {
  leadStatus: string;
  lastContactAt: string;
}

let place: TestInstallation;

beforeAll(async () => {
  place = await anInstallation();
});
afterAll(() => place.stop());

it('a lead is contacted once the first message to them was sent, and both directions move the last contact', async () => {
  const business = await aBusiness(place);
  const conversation = await aConversation(place, business);
  await place.quiet();
  const { body: list } = await business.owner.get('/contacts').expect(200);
  const [{ id }] = (list as { items: [{ id: string }] }).items;
  const read = async (): Promise<Contact> => (await business.owner.get(`/contacts/${id}`)).body as Contact;
  const before = await read();
  expect(before.leadStatus).toBe('new');
  await conversation.reply('Friday at ten is free.');
  await place.quiet();
  const contacted = await read();
  expect(contacted.leadStatus).toBe('contacted');
  expect(contacted.lastContactAt > before.lastContactAt).toBe(true);
  await conversation.customer.writes('Thank you');
  await place.quiet();
  const after = await read();
  expect(after.leadStatus).toBe('contacted');
  expect(after.lastContactAt > contacted.lastContactAt).toBe(true);
});
