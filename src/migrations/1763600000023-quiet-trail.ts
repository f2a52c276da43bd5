import type { MigrationInterface, QueryRunner } from 'typeorm';
import { recordRowChanges } from './support/tenant-table';

/** Columns whose values the trail never tells. */
const HIDDEN = {
  messages: ['body', 'media', 'template', 'raw_payload'],
  contacts: [
    ...['name', 'phone', 'whatsapp_id', 'email', 'notes', 'service_interests', 'tags', 'custom_fields'],
    ...['lead_status_reason', 'name_key', 'surname_key', 'search_text', 'timezone'],
  ],
} as const;

/**
 * The course of a message stands in the message and in message_status_events; that it was sent, in when a contact was last
 * spoken to. The trail told both again, three entries for each message sent: a third of all that sending it took. What people
 * do, and what the program decides against a message, it tells as before.
 */
export class QuietTrail1763600000023 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      changesWorthTelling(
        'messages',
        `(NEW.status IN ('held', 'canceled', 'failed') AND OLD.status <> NEW.status)
          OR (OLD.conversation_id, OLD.direction, OLD.purpose, OLD.consent_purpose, OLD.body, OLD.media, OLD.template,
            OLD.author_type, OLD.author_id, OLD.cause_type, OLD.cause_id, OLD.raw_payload)
          IS DISTINCT FROM (NEW.conversation_id, NEW.direction, NEW.purpose, NEW.consent_purpose, NEW.body, NEW.media,
            NEW.template, NEW.author_type, NEW.author_id, NEW.cause_type, NEW.cause_id, NEW.raw_payload)`,
      ),
    );
    await runner.query(
      changesWorthTelling(
        'contacts',
        `OLD.last_contact_at IS NOT DISTINCT FROM NEW.last_contact_at
          OR (OLD.name, OLD.phone, OLD.whatsapp_id, OLD.email, OLD.service_interests, OLD.lead_score, OLD.lead_status,
            OLD.notes, OLD.tags, OLD.custom_fields, OLD.lead_status_reason, OLD.timezone)
          IS DISTINCT FROM (NEW.name, NEW.phone, NEW.whatsapp_id, NEW.email, NEW.service_interests, NEW.lead_score,
            NEW.lead_status, NEW.notes, NEW.tags, NEW.custom_fields, NEW.lead_status_reason, NEW.timezone)`,
      ),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['contacts', 'messages'] as const)
      await runner.query(`
        DROP TRIGGER ${table}_audit_change ON ${table};
        DROP TRIGGER ${table}_audit ON ${table};
        ${recordRowChanges(table, HIDDEN[table])}`);
  }
}

/** Changes that the system makes are told on a condition, all others always. */
function changesWorthTelling(table: keyof typeof HIDDEN, condition: string): string {
  const recorder = `record_row_change(${HIDDEN[table].map((column) => `'${column}'`).join(', ')})`;
  return `
    DROP TRIGGER ${table}_audit ON ${table};
    CREATE TRIGGER ${table}_audit AFTER INSERT OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${recorder};
    CREATE TRIGGER ${table}_audit_change AFTER UPDATE ON ${table} FOR EACH ROW
      WHEN (current_setting('app.actor_type', true) IS DISTINCT FROM 'system' OR ${condition})
      EXECUTE FUNCTION ${recorder};`;
}
