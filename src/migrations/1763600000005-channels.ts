import type { MigrationInterface, QueryRunner } from 'typeorm';
import {
  appendOnly,
  definerMay,
  ownedByDefiner,
  protectTenantTable,
  tenantPolicies,
} from './support/tenant-table';

/** The pipes: business numbers, and the people behind numbers with their consent. */
export class Channels1763600000005 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CONNECTIONS);
    await runner.query(CONNECTION_DIRECTORY);
    await runner.query(MAPPINGS_AND_CONSENT);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION find_webhook_connection(text, text, uuid);
      DROP TABLE consent_events, phone_number_mappings, connection_directory, channel_connections;
      DROP FUNCTION sync_connection_directory();
      DROP DOMAIN consent_source, consent_action, mapping_status,
        connection_routing, channel_type, provider_type;
    `);
  }
}

const CONNECTIONS = `
  CREATE DOMAIN provider_type AS text CHECK (VALUE IN ('twilio', 'whatsapp_cloud'));
  CREATE DOMAIN channel_type AS text CHECK (VALUE IN ('whatsapp', 'sms', 'voice'));
  CREATE DOMAIN connection_routing AS text CHECK (VALUE IN ('dedicated', 'shared'));
  CREATE TABLE channel_connections (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    provider provider_type NOT NULL,
    channel channel_type NOT NULL,
    address text NOT NULL CHECK (address ~ '^\\+[1-9][0-9]{5,14}$'),
    provider_account_id text NOT NULL,
    provider_number_id text,
    friendly_name text NOT NULL CHECK (length(friendly_name) BETWEEN 1 AND 100),
    credentials text NOT NULL,
    credentials_key_id uuid NOT NULL,
    credentials_expire_at timestamptz,
    webhook_verify_token text NOT NULL,
    routing connection_routing NOT NULL DEFAULT 'dedicated',
    is_active boolean NOT NULL DEFAULT true,
    webhook_configured boolean NOT NULL DEFAULT false,
    last_verified_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, credentials_key_id) REFERENCES organization_keys (org_id, id)
  );
  CREATE INDEX idx_channel_connections_created ON channel_connections (org_id, created_at, id);
  ${protectTenantTable({
    table: 'channel_connections',
    // Requests never see a credential; connecting, verifying and rotating run as the service role.
    app: `SELECT (org_id, id, provider, channel, address, provider_account_id, provider_number_id, friendly_name,
        credentials_expire_at, routing, is_active, webhook_configured, last_verified_at, created_at, updated_at),
      UPDATE (friendly_name, is_active), DELETE`,
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { hidden: ['credentials', 'webhook_verify_token'] },
  })}
  ${definerMay('SELECT', 'channel_connections')}
`;

const CONNECTION_DIRECTORY = `
  -- Which organization a number belongs to, over the whole installation: what makes a number unique, and where intake
  -- looks before an organization is known. No role reads it, it is kept by trigger. A table of its own, since a unique
  -- constraint without org_id on a tenant table would keep that table from being distributed.
  CREATE TABLE connection_directory (
    channel channel_type NOT NULL,
    address text NOT NULL,
    webhook_verify_token text NOT NULL,
    org_id uuid NOT NULL,
    connection_id uuid NOT NULL,
    CONSTRAINT connection_directory_address_key PRIMARY KEY (channel, address),
    CONSTRAINT connection_directory_verify_token_key UNIQUE (webhook_verify_token),
    CONSTRAINT connection_directory_connection_key UNIQUE (connection_id),
    FOREIGN KEY (org_id, connection_id) REFERENCES channel_connections (org_id, id) ON DELETE CASCADE
  );
  ${tenantPolicies('connection_directory')}
  COMMENT ON TABLE connection_directory IS 'not row-audited: kept by trigger from channel_connections, which is';
  CREATE TRIGGER connection_directory_org_id_immutable BEFORE UPDATE OF org_id ON connection_directory
    FOR EACH ROW EXECUTE FUNCTION prevent_org_id_change();
  ${definerMay('SELECT', 'connection_directory')}
  ${definerMay('INSERT', 'connection_directory')}
  ${definerMay('UPDATE', 'connection_directory')}

  CREATE FUNCTION sync_connection_directory() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO connection_directory VALUES (NEW.channel, NEW.address, NEW.webhook_verify_token, NEW.org_id, NEW.id);
      ELSE
        UPDATE connection_directory d SET channel = NEW.channel, address = NEW.address, webhook_verify_token = NEW.webhook_verify_token
          WHERE d.connection_id = NEW.id;
      END IF;
      RETURN NULL;
    END $$;
  ${ownedByDefiner({ 'sync_connection_directory()': 'frontdesk_owner' })}
  CREATE TRIGGER channel_connections_directory AFTER INSERT OR UPDATE OF channel, address, webhook_verify_token
    ON channel_connections FOR EACH ROW EXECUTE FUNCTION sync_connection_directory();

  -- Intake's look-up: by number, or by the id in the path. With the key to open the credentials.
  CREATE FUNCTION find_webhook_connection(wanted_channel text, wanted_address text, wanted_id uuid)
    RETURNS TABLE (org_id uuid, id uuid, provider text, address text, provider_account_id text, credentials text,
      wrapped_key text, master_key_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
      SELECT c.org_id, c.id, c.provider::text, c.address, c.provider_account_id, c.credentials, k.wrapped_key, k.master_key_id
      FROM connection_directory d
        JOIN channel_connections c ON c.org_id = d.org_id AND c.id = d.connection_id
        JOIN organization_keys k ON k.org_id = c.org_id AND k.id = c.credentials_key_id
      WHERE d.channel = wanted_channel AND d.connection_id = COALESCE(wanted_id,
        (SELECT n.connection_id FROM connection_directory n WHERE n.channel = wanted_channel AND n.address = wanted_address))
    $$;
  ${ownedByDefiner({ 'find_webhook_connection(text, text, uuid)': 'frontdesk_service' })}
`;

const consentColumns = (channel: string): string => `
    ${channel}_opted_in boolean NOT NULL DEFAULT false,
    ${channel}_opted_in_at timestamptz,
    ${channel}_opted_out_at timestamptz,`;

const MAPPINGS_AND_CONSENT = `
  CREATE DOMAIN mapping_status AS text CHECK (VALUE IN ('active', 'suspended', 'invalid'));
  CREATE TABLE phone_number_mappings (
    id uuid NOT NULL,
    org_id uuid NOT NULL REFERENCES organizations (id),
    user_id uuid,
    contact_id uuid,
    -- E.164, or WhatsApp's id of a person who shows no number.
    phone_number text NOT NULL CHECK (length(phone_number) BETWEEN 1 AND 128),
    country_code text CHECK (country_code ~ '^[A-Z]{2}$'),
    is_verified boolean NOT NULL DEFAULT false,
    verified_at timestamptz,
    channels jsonb NOT NULL DEFAULT '[]',
    primary_channel channel_type,
    ${consentColumns('whatsapp')}
    ${consentColumns('sms')}
    ${consentColumns('voice')}
    status mapping_status NOT NULL DEFAULT 'active',
    last_message_at timestamptz,
    message_count int NOT NULL DEFAULT 0,
    metadata jsonb NOT NULL DEFAULT '{}',
    notes text,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, contact_id) REFERENCES contacts (org_id, id),
    FOREIGN KEY (org_id, user_id) REFERENCES memberships (org_id, user_id)
  );
  CREATE UNIQUE INDEX idx_phone_mappings_tenant_phone ON phone_number_mappings (org_id, phone_number);
  CREATE INDEX idx_phone_mappings_phone_number ON phone_number_mappings (phone_number);
  CREATE INDEX idx_phone_mappings_user ON phone_number_mappings (org_id, user_id);
  CREATE INDEX idx_phone_mappings_contact ON phone_number_mappings (org_id, contact_id);
  CREATE INDEX idx_phone_mappings_status ON phone_number_mappings (org_id, status);
  CREATE INDEX idx_phone_mappings_whatsapp_opt_in ON phone_number_mappings (org_id, whatsapp_opted_in);
  CREATE INDEX idx_phone_mappings_created_at ON phone_number_mappings (org_id, created_at DESC, id DESC);
  ${protectTenantTable({
    table: 'phone_number_mappings',
    app: 'SELECT, INSERT, UPDATE',
    service: 'SELECT, INSERT, UPDATE',
    audit: { hidden: [] },
    touched: false,
  })}
  CREATE TRIGGER trigger_phone_mappings_updated_at BEFORE UPDATE ON phone_number_mappings
    FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

  CREATE DOMAIN consent_action AS text CHECK (VALUE IN ('opt_in', 'opt_out'));
  CREATE DOMAIN consent_source AS text
    CHECK (VALUE IN ('keyword', 'inbound_message', 'api', 'import', 'console', 'provider_error'));
  -- The ledger of consent; the flags of phone_number_mappings are its projection.
  CREATE TABLE consent_events (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    phone text NOT NULL,
    channel channel_type NOT NULL,
    action consent_action NOT NULL,
    source consent_source NOT NULL,
    evidence jsonb NOT NULL DEFAULT '{}',
    at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id)
  );
  CREATE INDEX idx_consent_events_org_phone ON consent_events (org_id, phone, channel, at DESC, id DESC);
  ${protectTenantTable({
    table: 'consent_events',
    app: 'SELECT, INSERT',
    service: 'SELECT, INSERT',
    audit: { hidden: [] },
    touched: false,
  })}
  ${appendOnly('consent_events')}
`;
