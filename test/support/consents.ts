import type { TestBusiness } from './business';

/** Has somebody consent to messages on WhatsApp, as the staff notes it down. */
export async function consents(
  { owner }: Pick<TestBusiness, 'owner'>,
  phone: string,
  purpose: 'marketing' | 'transactional',
): Promise<void> {
  const evidence = { wording: 'I would like to hear of offers.', method: 'form' };
  await owner
    .post('/consent', { phone, channel: 'whatsapp', purpose, action: 'opt_in', source: 'console', evidence })
    .expect(201);
}
