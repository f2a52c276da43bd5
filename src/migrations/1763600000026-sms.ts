import type { MigrationInterface, QueryRunner } from 'typeorm';

const NUMBER = String.raw`address ~ '^\+[1-9][0-9]{5,14}$'`;

/** SMS: short codes, connections of several numbers, and what a text is paid as. */
export class Sms1763600000026 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE channel_connections DROP CONSTRAINT channel_connections_address_check,
        ADD CONSTRAINT channel_connections_address_check
          CHECK (${NUMBER} OR (channel::text = 'sms' AND address ~ '^[0-9]{3,8}$'));
      -- The number of ours that the person wrote to last: where a connection has several, they are answered from it.
      ALTER TABLE conversations ADD COLUMN business_address text CHECK (length(business_address) BETWEEN 1 AND 128);
      -- How many SMS a message was sent as.
      ALTER TABLE messages ADD COLUMN segments int CHECK (segments > 0);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages DROP COLUMN segments;
      ALTER TABLE conversations DROP COLUMN business_address;
      ALTER TABLE channel_connections DROP CONSTRAINT channel_connections_address_check,
        ADD CONSTRAINT channel_connections_address_check CHECK (${NUMBER});
    `);
  }
}
