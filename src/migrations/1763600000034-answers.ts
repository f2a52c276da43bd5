import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The log of a refused delivery tells what was answered, besides its status. Whatever was taken in is answered without a word. */
export class Answers1763600000034 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      logRefused(', response_body', `, jsonb_build_object('status', status, 'code', reason)`),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(logRefused());
  }
}

/** As migration 24 made it, and what is added. The owner and the rights of a function stay when it is replaced. */
const logRefused = (columns = '', values = ''): string => `
  CREATE OR REPLACE FUNCTION log_refused_webhook(log_id uuid, org uuid, source text, type text, external text, url text, method text,
      headers jsonb, payload jsonb, signature text, ip inet, received timestamptz, status int, reason text, connection uuid) RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      INSERT INTO webhook_logs (id, org_id, webhook_source, webhook_type, external_id, url, method, headers, payload,
          signature, signature_verified, processing_status, error_message, response_status, received_at, ip_address, connection_id, verdict${columns})
        VALUES (log_id, org, source, type, external, url, method, headers, payload, signature, false, 'failed', reason,
          status, received, ip, connection, reason${values})
    $$;
`;
