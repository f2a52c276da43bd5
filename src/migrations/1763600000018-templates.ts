import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './support/tenant-table';
import { versioned } from './support/row-version';

/** Texts that are written once and sent often: the organization's own, and those that a provider holds and approves. */
export class Templates1763600000018 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE DOMAIN template_kind AS text CHECK (VALUE IN ('text', 'provider'));
      CREATE DOMAIN template_approval AS text
        CHECK (VALUE IN ('unsubmitted', 'received', 'pending', 'approved', 'rejected', 'paused', 'disabled'));
      CREATE TABLE message_templates (
        org_id uuid NOT NULL REFERENCES organizations (id),
        id uuid NOT NULL,
        kind template_kind NOT NULL,
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 512),
        language text NOT NULL CHECK (length(language) BETWEEN 1 AND 35),
        -- What whoever gets it must have consented to.
        consent_purpose consent_purpose NOT NULL,
        body text CHECK (length(body) <= 4096),
        -- [{ "name", "type", "example", "maxLength" }]
        variables jsonb NOT NULL DEFAULT '[]',
        -- Of a provider's: where it is held, and what became of it there.
        provider provider_type,
        provider_account_id text,
        provider_template_id text,
        content_type text,
        approval template_approval,
        rejection_reason text,
        -- The laxest purpose that the provider's own category allows.
        provider_purpose consent_purpose,
        -- When the provider last told something new about it.
        synced_at timestamptz,
        is_active boolean NOT NULL DEFAULT true,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (org_id, id),
        CHECK ((kind = 'provider') = (provider IS NOT NULL AND provider_account_id IS NOT NULL
          AND provider_template_id IS NOT NULL AND approval IS NOT NULL AND provider_purpose IS NOT NULL)),
        CHECK (kind = 'provider' OR body IS NOT NULL),
        CHECK (provider_purpose IS NULL OR provider_purpose = 'transactional' OR consent_purpose = 'marketing')
      );
      CREATE UNIQUE INDEX idx_message_templates_name ON message_templates (org_id, name, language) WHERE kind = 'text';
      CREATE UNIQUE INDEX idx_message_templates_provider
        ON message_templates (org_id, provider, provider_account_id, provider_template_id) WHERE kind = 'provider';
      ${protectTenantTable({
        table: 'message_templates',
        app: 'SELECT, INSERT, UPDATE, DELETE',
        service: 'SELECT, INSERT, UPDATE',
        audit: { hidden: [] },
      })}
      ${versioned('message_templates')}

      -- When the templates of a connection's account were last read, and how that ended.
      CREATE TABLE template_syncs (
        org_id uuid NOT NULL REFERENCES organizations (id),
        connection_id uuid NOT NULL,
        synced_at timestamptz,
        tried_at timestamptz NOT NULL,
        error_code text CHECK (length(error_code) BETWEEN 1 AND 64),
        PRIMARY KEY (org_id, connection_id),
        FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections (org_id, id) ON DELETE CASCADE
      );
      ${protectTenantTable({
        table: 'template_syncs',
        app: 'SELECT',
        service: 'SELECT, INSERT, UPDATE',
        audit: { exempt: 'says when it was last looked; what was found is in message_templates' },
        touched: false,
      })}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE template_syncs, message_templates;
      DROP DOMAIN template_approval, template_kind;
    `);
  }
}
