import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sign-up, settings, suspension, and what the operator of the installation sees. */
export class Organizations1763600000009 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }
}
