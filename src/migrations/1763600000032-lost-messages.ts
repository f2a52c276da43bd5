import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the messages whose answer was lost and that were given up, for reconciliation: few among very many. */
export class LostMessages1763600000032 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX idx_messages_lost ON messages (org_id, attempted_at) WHERE status = 'failed' AND provider_message_id IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX idx_messages_lost');
  }
}
