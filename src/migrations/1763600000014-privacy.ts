import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person may ask for: everything on them, and that it be forgotten. */
export class Privacy1763600000014 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }
}
