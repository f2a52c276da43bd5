/**
 * The WhatsApp Business Account and number that the stand-alone program begins with. They are made up and open nothing; the
 * digits are dull on purpose, so that nobody takes them for a leaked credential.
 */
export const DEMO_ACCOUNT = {
  id: '100000000000001',
  appId: '100000000000002',
  appSecret: `${'0'.repeat(31)}4`,
  accessToken: `EAA${'0'.repeat(27)}5`,
};

/** The demo account's number. */
export const DEMO_NUMBER = {
  id: '100000000000003',
  accountId: DEMO_ACCOUNT.id,
  address: '+14155238887',
};
