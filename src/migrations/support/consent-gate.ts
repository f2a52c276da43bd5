import { FIRST_GATE, refuseMessageWithoutConsent } from './message-gate';

/** Ways to reach a person, and what for: a line of the ledger each, and three columns of a mapping. */
export const LINES = (['whatsapp', 'sms', 'voice'] as const).flatMap((channel) =>
  (['transactional', 'marketing'] as const).map((purpose) => ({
    channel,
    purpose,
    flag: purpose === 'marketing' ? `${channel}_marketing_opted_in` : `${channel}_opted_in`,
  })),
);

const FLAGS = LINES.map(({ flag }) => flag);

/** What the ledger comes to, as SQL: the rule of `consentState()` in channels/domain/consent.ts, to the millisecond as there. */
export const CONSENT_ALLOWS = `
  CREATE FUNCTION consent_allows(org uuid, address text, wanted_channel text, wanted_purpose text) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
      WITH line AS MATERIALIZED (
        SELECT action, source, date_trunc('milliseconds', at) AS at FROM consent_events
        WHERE org_id = org AND phone = address AND channel = wanted_channel AND purpose = wanted_purpose
      ), suppressed AS (
        SELECT max(at) AS at FROM line WHERE source = 'suppression'
      ), lifted AS (
        SELECT min(line.at) AS at FROM line, suppressed
        WHERE action = 'opt_in' AND source = 'keyword' AND line.at > suppressed.at
      ), given AS (
        SELECT action, line.at FROM line, suppressed, lifted
        WHERE source <> 'inbound_message'
          AND (suppressed.at IS NULL OR action = 'opt_out' OR source = 'keyword' OR line.at >= lifted.at)
      )
      SELECT COALESCE(
        (SELECT action = 'opt_in' FROM given ORDER BY at DESC, action = 'opt_out' DESC LIMIT 1),
        EXISTS (SELECT FROM line WHERE action = 'opt_in'))
    $$;
  GRANT EXECUTE ON FUNCTION consent_allows(uuid, text, text, text) TO frontdesk_app, frontdesk_service;
`;

/** A flag stands only where the ledger says so, and falls with the opt-out that is written, whoever writes. */
export const FLAGS_OF_LEDGER = `
  CREATE FUNCTION refuse_forged_consent() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE line record;
    BEGIN
      FOR line IN SELECT * FROM (VALUES
          ${LINES.map(({ channel, purpose, flag }) => `('${channel}', '${purpose}', NEW.${flag}, OLD.${flag})`).join(',\n          ')}
        ) lines (channel, purpose, is_open, was_open)
      LOOP
        IF line.is_open
           AND (line.was_open IS NOT TRUE OR NEW.phone_number IS DISTINCT FROM OLD.phone_number)
           AND NOT consent_allows(NEW.org_id, NEW.phone_number, line.channel, line.purpose) THEN
          RAISE EXCEPTION 'the ledger of consent does not allow % messages on %', line.purpose, line.channel
            USING ERRCODE = 'check_violation', TABLE = 'phone_number_mappings', CONSTRAINT = 'phone_mappings_consent';
        END IF;
      END LOOP;
      RETURN NEW;
    END $$;
  CREATE TRIGGER phone_mappings_consent_made BEFORE INSERT ON phone_number_mappings FOR EACH ROW
    WHEN (${FLAGS.map((flag) => `NEW.${flag}`).join(' OR ')}) EXECUTE FUNCTION refuse_forged_consent();
  CREATE TRIGGER phone_mappings_consent BEFORE UPDATE OF phone_number, ${FLAGS.join(', ')} ON phone_number_mappings
    FOR EACH ROW EXECUTE FUNCTION refuse_forged_consent();
  ALTER TABLE phone_number_mappings ENABLE ALWAYS TRIGGER phone_mappings_consent_made;
  ALTER TABLE phone_number_mappings ENABLE ALWAYS TRIGGER phone_mappings_consent;

  CREATE FUNCTION close_opted_out_line() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE prefix text := NEW.channel || CASE NEW.purpose WHEN 'marketing' THEN '_marketing' ELSE '' END;
    BEGIN
      IF NOT consent_allows(NEW.org_id, NEW.phone, NEW.channel, NEW.purpose) THEN
        EXECUTE format('UPDATE phone_number_mappings SET %1$I = false, %2$I = GREATEST(%2$I, $3)
          WHERE org_id = $1 AND phone_number = $2 AND %1$I', prefix || '_opted_in', prefix || '_opted_out_at')
          USING NEW.org_id, NEW.phone, NEW.at;
      END IF;
      RETURN NULL;
    END $$;
  CREATE TRIGGER consent_events_close AFTER INSERT ON consent_events FOR EACH ROW
    WHEN (NEW.action = 'opt_out') EXECUTE FUNCTION close_opted_out_line();
  ALTER TABLE consent_events ENABLE ALWAYS TRIGGER consent_events_close;
`;

/** The gate itself. */
export const MESSAGES_CONSENT = `
  -- True for the answer to a message that consisted of a word about consent: the ledger has what that message said, of the
  -- person that the conversation is with. It tells them that their word was obeyed, whatever their consent is by then.
  CREATE FUNCTION answers_consent_word(org uuid, conversation uuid, answered uuid, address text, wanted_channel text)
    RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
      SELECT EXISTS (
        SELECT FROM messages m JOIN consent_events e ON e.org_id = m.org_id AND e.phone = address
          AND e.channel = wanted_channel AND e.source = 'keyword' AND e.evidence->>'messageId' = m.provider_message_id
        WHERE m.org_id = org AND m.id = answered AND m.conversation_id = conversation AND m.direction = 'incoming')
    $$;
  GRANT EXECUTE ON FUNCTION answers_consent_word(uuid, uuid, uuid, text, text) TO frontdesk_app, frontdesk_service;

  -- No message is made for, or handed over to, a person who does not allow it. The mapping stays locked, so that what is
  -- found here is so until the transaction ends.
  CREATE ${refuseMessageWithoutConsent(LINES, FIRST_GATE)}
  CREATE TRIGGER messages_consent_made BEFORE INSERT ON messages FOR EACH ROW
    WHEN (NEW.direction = 'outgoing') EXECUTE FUNCTION refuse_message_without_consent();
  -- History may be moved and reported on: what is asked for is a message that becomes ours, and each hand-over to a provider.
  CREATE TRIGGER messages_consent BEFORE UPDATE ON messages FOR EACH ROW
    WHEN (NEW.direction = 'outgoing' AND (OLD.direction <> 'outgoing'
      OR (NEW.status = 'sending' AND NEW.provider_message_id IS NULL
        AND (OLD.status <> 'sending' OR OLD.provider_message_id IS NOT NULL
          OR (OLD.attempt, OLD.attempted_at) IS DISTINCT FROM (NEW.attempt, NEW.attempted_at)))))
    EXECUTE FUNCTION refuse_message_without_consent();
  ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_consent_made;
  ALTER TABLE messages ENABLE ALWAYS TRIGGER messages_consent;
`;

/** Takes the gate away again. */
export const NO_CONSENT_GATE = `
  DROP TRIGGER messages_consent ON messages;
  DROP TRIGGER messages_consent_made ON messages;
  DROP FUNCTION refuse_message_without_consent();
  DROP FUNCTION answers_consent_word(uuid, uuid, uuid, text, text);
  DROP TRIGGER consent_events_close ON consent_events;
  DROP FUNCTION close_opted_out_line();
  DROP TRIGGER phone_mappings_consent ON phone_number_mappings;
  DROP TRIGGER phone_mappings_consent_made ON phone_number_mappings;
  DROP FUNCTION refuse_forged_consent();
  DROP FUNCTION consent_allows(uuid, text, text, text);
`;
