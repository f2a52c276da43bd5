import type { MigrationInterface, QueryRunner } from 'typeorm';
import { CONSENT_ALLOWS, FLAGS_OF_LEDGER, MESSAGES_CONSENT, NO_CONSENT_GATE } from './support/consent-gate';
import { versioned } from './support/row-version';
import { protectTenantTable } from './support/tenant-table';

const CHANNELS = ['whatsapp', 'sms', 'voice'] as const;

/** Consent by purpose, words of the organization's own, and the gate that no message passes without consent. */
export class Consent1763600000019 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(PURPOSE);
    await runner.query(OPT_OUTS_OF_ALL);
    await runner.query(SUPPRESSED_FOR_ALL);
    await runner.query(MAPPINGS_CLOSED);
    await runner.query(CONSENT_ALLOWS);
    await runner.query(FLAGS_OF_LEDGER);
    await runner.query(MESSAGES_CONSENT);
    await runner.query(WORDS);
    await runner.query('REVOKE INSERT ON consent_events FROM frontdesk_app');
  }

  /** The program before knew of no purpose, and would take what was said about marketing for a word about everything. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('GRANT INSERT ON consent_events TO frontdesk_app');
    await runner.query(`
      DROP TABLE consent_texts, consent_keywords;
      DROP DOMAIN consent_answer, consent_word;
      ${NO_CONSENT_GATE}`);
    await runner.query(
      quietly(
        'consent_events',
        ['append_only', 'audit'],
        `DELETE FROM consent_events WHERE purpose = 'marketing'`,
      ),
    );
    await runner.query(
      quietly(
        'consent_suppressions',
        ['audit'],
        `DELETE FROM consent_suppressions WHERE purpose = 'marketing'`,
      ),
    );
    await runner.query(`
      DROP INDEX idx_consent_events_org_at;
      ALTER TABLE consent_suppressions DROP CONSTRAINT consent_suppressions_address_key;
      ALTER TABLE consent_suppressions DROP COLUMN purpose;
      ALTER TABLE consent_suppressions
        ADD CONSTRAINT consent_suppressions_address_key UNIQUE (org_id, channel, address_hash);
      ALTER TABLE consent_events DROP COLUMN purpose;
      ALTER TABLE phone_number_mappings ${CHANNELS.flatMap((channel) =>
        ['in', 'in_at', 'out_at'].map((column) => `DROP COLUMN ${channel}_marketing_opted_${column}`),
      ).join(', ')};
    `);
  }
}

/** A change of rows that is none of anybody's: past the policies and the triggers named. */
function quietly(table: string, triggers: readonly string[], change: string): string {
  const each = (how: (trigger: string) => string): string =>
    triggers.map((trigger) => `ALTER TABLE ${table} ${how(`${table}_${trigger}`)};`).join('\n    ');
  return `
    ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY;
    ${each((trigger) => `DISABLE TRIGGER ${trigger}`)}
    ${change};
    ${each((trigger) => `ENABLE ${trigger.endsWith('_append_only') ? 'ALWAYS ' : ''}TRIGGER ${trigger}`)}
    ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;`;
}

const PURPOSE = `
  ALTER TABLE consent_events ADD COLUMN purpose consent_purpose NOT NULL DEFAULT 'transactional';
  CREATE INDEX idx_consent_events_org_at ON consent_events (org_id, at DESC, id DESC);
  ALTER TABLE consent_suppressions ADD COLUMN purpose consent_purpose NOT NULL DEFAULT 'transactional';
  ALTER TABLE consent_suppressions DROP CONSTRAINT consent_suppressions_address_key;
  ALTER TABLE consent_suppressions
    ADD CONSTRAINT consent_suppressions_address_key UNIQUE (org_id, channel, purpose, address_hash);
  ALTER TABLE phone_number_mappings ${CHANNELS.map(
    (channel) => `
    ADD COLUMN ${channel}_marketing_opted_in boolean NOT NULL DEFAULT false,
    ADD COLUMN ${channel}_marketing_opted_in_at timestamptz,
    ADD COLUMN ${channel}_marketing_opted_out_at timestamptz`,
  ).join(',')};
`;

/** Who opted out before there were purposes wants nothing. */
const OPT_OUTS_OF_ALL = quietly(
  'consent_events',
  ['audit'],
  `INSERT INTO consent_events (org_id, id, phone, channel, purpose, action, source, evidence, at)
     SELECT org_id, new_uuid_v7(), phone, channel, 'marketing', action, source, evidence, at
     FROM consent_events WHERE action = 'opt_out'`,
);

const SUPPRESSED_FOR_ALL = quietly(
  'consent_suppressions',
  ['audit'],
  `INSERT INTO consent_suppressions (org_id, id, channel, purpose, address_hash, opted_out_at)
     SELECT org_id, new_uuid_v7(), channel, 'marketing', address_hash, opted_out_at FROM consent_suppressions`,
);

const MAPPINGS_CLOSED = `
  ALTER TABLE phone_number_mappings DISABLE TRIGGER trigger_phone_mappings_updated_at;
  ${quietly(
    'phone_number_mappings',
    ['audit'],
    `UPDATE phone_number_mappings SET ${CHANNELS.map(
      (channel) => `${channel}_marketing_opted_out_at = ${channel}_opted_out_at`,
    ).join(', ')}
     WHERE num_nonnulls(${CHANNELS.map((channel) => `${channel}_opted_out_at`).join(', ')}) > 0`,
  )}
  ALTER TABLE phone_number_mappings ENABLE TRIGGER trigger_phone_mappings_updated_at;
`;

const WORDS = `
  CREATE DOMAIN consent_word AS text CHECK (VALUE IN ('opt_out', 'opt_in', 'help'));
  CREATE DOMAIN consent_answer AS text
    CHECK (VALUE IN ('opt_out', 'opt_in', 'help', 'marketing_opt_out', 'marketing_opt_in'));
  -- Words of the organization's own, beside the standard ones.
  CREATE TABLE consent_keywords (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    word text NOT NULL CHECK (length(word) BETWEEN 1 AND 32),
    -- As words are compared.
    normalized_word text NOT NULL CHECK (length(normalized_word) BETWEEN 1 AND 64),
    language text NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    action consent_word NOT NULL,
    -- opt_out: of marketing alone, or of everything (transactional). opt_in: to marketing as well, or not.
    purpose consent_purpose NOT NULL DEFAULT 'transactional',
    -- Null: the text of its language.
    reply text CHECK (length(reply) BETWEEN 1 AND 1600),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT consent_keywords_word_key UNIQUE (org_id, normalized_word)
  );
  ${protectTenantTable({
    table: 'consent_keywords',
    app: 'SELECT, INSERT, UPDATE, DELETE',
    service: 'SELECT',
    audit: { hidden: [] },
  })}
  ${versioned('consent_keywords')}
  -- What answers a word, where the organization says it otherwise than the standard text.
  CREATE TABLE consent_texts (
    org_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    answer consent_answer NOT NULL,
    language text NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 1600),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (org_id, id),
    CONSTRAINT consent_texts_answer_key UNIQUE (org_id, answer, language)
  );
  ${protectTenantTable({
    table: 'consent_texts',
    app: 'SELECT, INSERT, UPDATE, DELETE',
    service: 'SELECT',
    audit: { hidden: [] },
  })}
`;
