/**
 * The row trigger of the audit trail, as SQL; a change of `bookkeeping` columns alone is none. Migrations that have landed
 * depend on this text: it stays as it is.
 */
export function rowChangeRecorder(bookkeeping: readonly string[]): string {
  return `
    CREATE OR REPLACE FUNCTION record_row_change() RETURNS trigger
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
      DECLARE
        before jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
        after jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
        row_values jsonb := COALESCE(after, before);
        hidden text;
      BEGIN
        IF TG_OP = 'UPDATE' THEN
          SELECT jsonb_object_agg(key, value) INTO after
            FROM jsonb_each(to_jsonb(NEW)) WHERE value IS DISTINCT FROM before->key AND key <> ALL ('{${bookkeeping.join(',')}}');
          IF after IS NULL THEN RETURN NULL; END IF;
          SELECT jsonb_object_agg(key, before->key) INTO before FROM jsonb_object_keys(after) key;
        END IF;
        -- That a hidden column changed is told; its value never is.
        FOREACH hidden IN ARRAY COALESCE(TG_ARGV, '{}') LOOP
          IF before->hidden <> 'null' THEN before := jsonb_set(before, ARRAY[hidden], '"[hidden]"'); END IF;
          IF after->hidden <> 'null' THEN after := jsonb_set(after, ARRAY[hidden], '"[hidden]"'); END IF;
        END LOOP;
        INSERT INTO audit_logs (id, org_id, event_type, operation, table_name, record_id, actor, actor_type,
            old_values, new_values, request_id, created_at)
          VALUES (new_uuid_v7(),
            COALESCE((row_values->>'org_id')::uuid, CASE WHEN TG_TABLE_NAME = 'organizations' THEN (row_values->>'id')::uuid END),
            TG_TABLE_NAME || '.' || lower(TG_OP), TG_OP, TG_TABLE_NAME, (row_values->>'id')::uuid,
            COALESCE(NULLIF(current_setting('app.actor_id', true), ''), NULLIF(current_setting('app.actor_type', true), ''), session_user),
            COALESCE(NULLIF(current_setting('app.actor_type', true), ''), 'database'),
            before, after,
            COALESCE(NULLIF(current_setting('app.request_id', true), '')::uuid, new_uuid_v7()), clock_timestamp());
        RETURN NULL;
      END $$;
    `;
}
