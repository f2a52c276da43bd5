import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Contacts that come and go as CSV. */
export class ContactFiles1763600000013 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }
}
