/** Keeps `phone_number_mappings.contact_id` what `contacts` says. */
export const ADDRESSES_OF_CONTACTS = `
  -- An address is whose it is a contact's number or WhatsApp id, from the moment that it is. One that nobody bears any more
  -- stays with whoever bore it last: what was consented by it is found with them, and forgotten with them.
  CREATE FUNCTION give_addresses_to_contact() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        UPDATE phone_number_mappings SET contact_id = OLD.id
          WHERE org_id = OLD.org_id AND contact_id IS NULL
            AND phone_number COLLATE "default" IN (OLD.phone COLLATE "default", OLD.whatsapp_id COLLATE "default");
      END IF;
      UPDATE phone_number_mappings SET contact_id = NEW.id
        WHERE org_id = NEW.org_id AND contact_id IS DISTINCT FROM NEW.id
          AND phone_number COLLATE "default" IN (NEW.phone COLLATE "default", NEW.whatsapp_id COLLATE "default");
      RETURN NULL;
    END $$;
  CREATE TRIGGER contacts_take_addresses AFTER INSERT ON contacts FOR EACH ROW
    EXECUTE FUNCTION give_addresses_to_contact();
  CREATE TRIGGER contacts_change_addresses AFTER UPDATE OF phone, whatsapp_id ON contacts FOR EACH ROW
    WHEN ((OLD.phone, OLD.whatsapp_id) IS DISTINCT FROM (NEW.phone, NEW.whatsapp_id))
    EXECUTE FUNCTION give_addresses_to_contact();
`;

export const NO_ADDRESSES_OF_CONTACTS = `
  DROP TRIGGER contacts_take_addresses ON contacts;
  DROP TRIGGER contacts_change_addresses ON contacts;
  DROP FUNCTION give_addresses_to_contact();
`;
