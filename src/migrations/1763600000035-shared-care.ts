import type { MigrationInterface, QueryRunner } from 'typeorm';
import { NO_SHARED_ERASURE, SHARED_ERASURE } from './support/shared-erasure';
import { CANDIDATES_BEFORE, OPT_OUTS_BEFORE, WORDS_OVER_SHARED_NUMBERS } from './support/shared-words';

/**
 * Shared numbers, mended: an erasure reaches what was logged for nobody and what is parked, words about consent reach everybody
 * who knows the person, and the question comes from the number that they wrote to.
 */
export class SharedCare1763600000035 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- The number of a Messaging Service that they wrote to: they are asked from there.
      ALTER TABLE shared_senders ADD COLUMN business_address text CHECK (length(business_address) BETWEEN 1 AND 128);`);
    await runner.query(WORDS_OVER_SHARED_NUMBERS);
    await runner.query(SHARED_ERASURE);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(NO_SHARED_ERASURE);
    await runner.query(OPT_OUTS_BEFORE);
    await runner.query(CANDIDATES_BEFORE);
    await runner.query('ALTER TABLE shared_senders DROP COLUMN business_address');
  }
}
