/** What a version of the gate says of a message `NEW`, its thread `v` and the mapping `p` of where it goes. */
export interface GateRules {
  readonly address: string;
  /** The number can be sent to at all. */
  readonly isOpen: string;
  /** Its person wants it, where `flag` says what they consented to. */
  readonly allows: (flag: string, isTransactional: boolean) => string;
}

/** As it was at first. */
export const FIRST_GATE: GateRules = {
  address: 'v.contact_address',
  isOpen: `p.status = 'active'`,
  allows: (flag) => `p.${flag}`,
};

/** A line of the ledger, and the flag of a mapping that it comes to. */
export interface GateLine {
  readonly channel: string;
  readonly purpose: string;
  readonly flag: string;
}

/** What refuses messages to people who do not allow them, after `CREATE`. */
export function refuseMessageWithoutConsent(
  lines: readonly GateLine[],
  { address, isOpen, allows }: GateRules,
): string {
  const cases = lines.map(
    ({ channel, purpose, flag }) =>
      `WHEN '${channel} ${purpose}' THEN ${allows(flag, purpose === 'transactional')}`,
  );
  return `FUNCTION refuse_message_without_consent() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
    DECLARE address text; channel text; allowed boolean;
    BEGIN
      SELECT ${address}, c.channel INTO address, channel
        FROM conversations v JOIN channel_connections c ON c.org_id = v.org_id AND c.id = v.connection_id
        WHERE v.org_id = NEW.org_id AND v.id = NEW.conversation_id;
      IF NEW.purpose = 'consent_reply'
         AND answers_consent_word(NEW.org_id, NEW.conversation_id, NEW.in_reply_to, address, channel) THEN
        RETURN NEW;
      END IF;
      SELECT ${isOpen} AND CASE channel || ' ' || NEW.consent_purpose
          ${cases.join('\n          ')}
        END INTO allowed
        FROM phone_number_mappings p WHERE p.org_id = NEW.org_id AND p.phone_number = address FOR SHARE;
      IF allowed IS NOT TRUE THEN
        RAISE EXCEPTION 'nobody is messaged without their consent'
          USING ERRCODE = 'check_violation', TABLE = 'messages', CONSTRAINT = 'messages_consent';
      END IF;
      RETURN NEW;
    END $$;`;
}
