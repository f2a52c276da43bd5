import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the examination of a live database needs. */
export class Isolation1763600000015 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }
}
