import type { MigrationInterface, QueryRunner } from 'typeorm';
import { protectTenantTable } from './support/tenant-table';
import { LINES } from './support/consent-gate';
import { FIRST_GATE, refuseMessageWithoutConsent, type GateRules } from './support/message-gate';

/** What members change of a mapping. All else, a customer changes by writing. */
const TENDED = [
  ...[
    'contact_id',
    'user_id',
    'notes',
    'metadata',
    'primary_channel',
    'status',
    'unreachable_on',
    'is_verified',
  ],
] as const;

/**
 * A number can be out of reach on one channel, and not on another. A code goes to the number that is being verified, whose person
 * asked for it and did not opt out.
 */
const GATE: GateRules = {
  address: `CASE WHEN NEW.is_code THEN (SELECT f.phone FROM phone_verifications f
          WHERE f.org_id = NEW.org_id AND f.id = NEW.id AND f.status = 'open') ELSE v.contact_address END`,
  allows: (flag, isTransactional) =>
    isTransactional
      ? `(p.${flag} OR (NEW.is_code AND p.${flag.replace(/in$/, 'out_at')} IS NULL))`
      : `p.${flag}`,
  isOpen: `p.status <> 'suspended'
          AND (p.status <> 'invalid' OR (p.unreachable_on <> '{}' AND NOT channel = ANY (p.unreachable_on)))`,
};

/** Members tend mappings, and nothing is sent to those that they suspended. */
export class Mappings1763600000029 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(MAPPINGS);
    await runner.query(VERIFICATIONS);
    await runner.query(`CREATE OR REPLACE ${refuseMessageWithoutConsent(LINES, GATE)}`);
    await runner.query(SUSPENSION);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE ${refuseMessageWithoutConsent(LINES, FIRST_GATE)}
      DROP TRIGGER messages_address ON messages;
      DROP TRIGGER messages_address_made ON messages;
      DROP FUNCTION refuse_message_to_suspended();
      DROP TRIGGER phone_number_mappings_moved ON phone_number_mappings;
      DROP FUNCTION void_verification();
      ALTER TABLE messages DROP COLUMN is_code;
      DROP TABLE phone_verifications;
      DROP DOMAIN verification_status;
      DROP TRIGGER phone_number_mappings_person ON phone_number_mappings;
      DROP FUNCTION forget_verification();
      DROP TRIGGER phone_number_mappings_version ON phone_number_mappings;
      REVOKE DELETE ON phone_number_mappings FROM frontdesk_app;
      ALTER TABLE phone_number_mappings DROP COLUMN version, DROP COLUMN status_changed_at, DROP COLUMN unreachable_on,
        DROP CONSTRAINT phone_number_mappings_org_id_user_id_fkey,
        ADD CONSTRAINT phone_number_mappings_org_id_user_id_fkey
          FOREIGN KEY (org_id, user_id) REFERENCES memberships (org_id, user_id);
    `);
  }
}

const MAPPINGS = `
  ALTER TABLE phone_number_mappings ADD COLUMN version int NOT NULL DEFAULT 1,
    -- When a member last decided it: what is older does not decide it again.
    ADD COLUMN status_changed_at timestamptz,
    -- Channels on which a provider said that nobody can be reached there. Of an invalid number that names none: all.
    ADD COLUMN unreachable_on text[] NOT NULL DEFAULT '{}',
    -- Whoever leaves the organization leaves their number behind.
    DROP CONSTRAINT phone_number_mappings_org_id_user_id_fkey,
    ADD CONSTRAINT phone_number_mappings_org_id_user_id_fkey FOREIGN KEY (org_id, user_id)
      REFERENCES memberships (org_id, user_id) ON DELETE SET NULL (user_id);
  GRANT DELETE ON phone_number_mappings TO frontdesk_app;
  -- Every message counts on the mapping: that makes no other version of what members tend.
  CREATE TRIGGER phone_number_mappings_version BEFORE UPDATE ON phone_number_mappings FOR EACH ROW
    WHEN ((${TENDED.map((column) => `OLD.${column}`).join(', ')})
      IS DISTINCT FROM (${TENDED.map((column) => `NEW.${column}`).join(', ')}))
    EXECUTE FUNCTION count_row_version();

  -- Who proved that a number is theirs proved nothing for the person that it is given to. Two contacts that become one are
  -- one person: a merge says so for its transaction.
  CREATE FUNCTION forget_verification() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF current_setting('app.same_person', true) IS DISTINCT FROM 'on' THEN
        NEW.is_verified := false;
        NEW.verified_at := NULL;
      END IF;
      RETURN NEW;
    END $$;
  CREATE TRIGGER phone_number_mappings_person BEFORE UPDATE ON phone_number_mappings FOR EACH ROW
    WHEN (OLD.is_verified AND ((OLD.contact_id IS NOT NULL AND OLD.contact_id IS DISTINCT FROM NEW.contact_id)
      OR (OLD.user_id IS NOT NULL AND OLD.user_id IS DISTINCT FROM NEW.user_id)))
    EXECUTE FUNCTION forget_verification();
`;

const VERIFICATIONS = `
  ALTER TABLE messages
    -- It says the one-time code of the verification with its id. The text has dots in place of it: no table holds a code.
    ADD COLUMN is_code boolean NOT NULL DEFAULT false;
  CREATE DOMAIN verification_status AS text CHECK (VALUE IN ('open', 'void', 'confirmed'));
  CREATE TABLE phone_verifications (
    org_id uuid NOT NULL REFERENCES organizations (id),
    -- That of the message too, from which the code is computed; made before the message, which the gate asks for it.
    id uuid NOT NULL,
    -- What was sent to a number counts for it when its mapping is gone.
    mapping_id uuid,
    phone text NOT NULL CHECK (length(phone) BETWEEN 1 AND 128),
    channel channel_type NOT NULL,
    status verification_status NOT NULL DEFAULT 'open',
    -- How often somebody tried to confirm it.
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    expires_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    FOREIGN KEY (org_id, mapping_id) REFERENCES phone_number_mappings (org_id, id) ON DELETE SET NULL (mapping_id)
  );
  CREATE INDEX idx_phone_verifications_mapping ON phone_verifications (org_id, mapping_id);
  CREATE UNIQUE INDEX phone_verifications_one_open ON phone_verifications (org_id, mapping_id) WHERE status = 'open';
  CREATE INDEX idx_phone_verifications_phone ON phone_verifications (org_id, phone, created_at);
  CREATE INDEX idx_phone_verifications_created ON phone_verifications (org_id, created_at);
  ${protectTenantTable({
    table: 'phone_verifications',
    // A number that is given to somebody else makes its code void.
    app: 'SELECT, UPDATE (status)',
    service: 'SELECT, INSERT, UPDATE, DELETE',
    audit: { hidden: ['phone'] },
  })}

  -- Whoever got a code for somebody who has the number no more confirms nothing with it.
  CREATE FUNCTION void_verification() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF current_setting('app.same_person', true) IS DISTINCT FROM 'on' THEN
        UPDATE phone_verifications SET status = 'void'
          WHERE org_id = NEW.org_id AND mapping_id = NEW.id AND status = 'open';
      END IF;
      RETURN NULL;
    END $$;
  CREATE TRIGGER phone_number_mappings_moved AFTER UPDATE ON phone_number_mappings FOR EACH ROW
    WHEN (OLD.contact_id IS DISTINCT FROM NEW.contact_id OR OLD.user_id IS DISTINCT FROM NEW.user_id)
    EXECUTE FUNCTION void_verification();
`;

const SUSPENSION = `
  -- Nothing at all is sent to a number that a member suspended, the answer to a word about consent included.
  CREATE FUNCTION refuse_message_to_suspended() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE suspended boolean;
    BEGIN
      SELECT p.status = 'suspended' INTO suspended
        FROM conversations v JOIN phone_number_mappings p ON p.org_id = v.org_id AND p.phone_number = v.contact_address
        WHERE v.org_id = NEW.org_id AND v.id = NEW.conversation_id FOR SHARE OF p;
      IF suspended THEN
        RAISE EXCEPTION 'nothing is sent to a suspended number'
          USING ERRCODE = 'check_violation', TABLE = 'messages', CONSTRAINT = 'messages_address';
      END IF;
      RETURN NEW;
    END $$;
  CREATE TRIGGER messages_address_made BEFORE INSERT ON messages FOR EACH ROW
    WHEN (NEW.direction = 'outgoing' AND NEW.purpose = 'consent_reply') EXECUTE FUNCTION refuse_message_to_suspended();
  CREATE TRIGGER messages_address BEFORE UPDATE ON messages FOR EACH ROW
    WHEN (NEW.purpose = 'consent_reply' AND NEW.direction = 'outgoing' AND NEW.status = 'sending'
      AND NEW.provider_message_id IS NULL AND OLD.attempt IS DISTINCT FROM NEW.attempt)
    EXECUTE FUNCTION refuse_message_to_suspended();
  ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_address_made;
  ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_address;
`;
