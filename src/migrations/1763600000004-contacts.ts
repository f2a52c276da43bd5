import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './support/tenant-table';

/** Customers and leads. */
export class Contacts1763600000004 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE DOMAIN lead_score_type AS text CHECK (VALUE IN ('hot', 'warm', 'cold'));
      CREATE DOMAIN lead_status_type AS text CHECK (VALUE IN ('new', 'contacted', 'qualified', 'booked', 'converted', 'lost'));
      CREATE TABLE contacts (
        org_id uuid NOT NULL REFERENCES organizations (id),
        id uuid NOT NULL,
        name text CHECK (length(name) <= 200),
        phone text CHECK (phone ~ '^\\+[1-9][0-9]{5,14}$'),
        -- WhatsApp's own id of a person who writes without showing a phone number.
        whatsapp_id text CHECK (length(whatsapp_id) BETWEEN 1 AND 128),
        email text CHECK (email = lower(email) AND length(email) <= 254),
        service_interests text[] NOT NULL DEFAULT '{}',
        lead_score lead_score_type,
        lead_status lead_status_type NOT NULL DEFAULT 'new',
        last_contact_at timestamptz,
        notes text CHECK (length(notes) <= 10000),
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (org_id, id),
        CONSTRAINT idx_contacts_org_phone UNIQUE (org_id, phone),
        CONSTRAINT contacts_org_whatsapp_id_key UNIQUE (org_id, whatsapp_id)
      );
      CREATE INDEX idx_contacts_org_status_updated ON contacts (org_id, lead_status, updated_at DESC);
      CREATE INDEX idx_contacts_org_created ON contacts (org_id, created_at DESC, id DESC);
      CREATE INDEX idx_contacts_service_interests ON contacts USING gin (service_interests);
      CREATE INDEX idx_contacts_last_contact ON contacts (org_id, last_contact_at DESC, id DESC);
      ${protectTenantTable({
        table: 'contacts',
        app: 'SELECT, INSERT, UPDATE, DELETE',
        service: 'SELECT, INSERT, UPDATE, DELETE',
        audit: { hidden: [] },
      })}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE contacts; DROP DOMAIN lead_status_type, lead_score_type;`);
  }
}
