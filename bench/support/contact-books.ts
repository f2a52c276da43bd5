import type { Client } from 'pg';

/** How many contacts each organization of a book has: ten that are alike in every book, then what makes it a large one. */
const ALIKE = Array.from({ length: 10 }, () => 1_000);
export const SIZES = {
  small: ALIKE,
  large: [...ALIKE, 200_000, ...Array.from({ length: 989 }, () => 799)],
} as const;

/** Slugs of organizations that are asked: one as large in every book, and the largest of the large one. */
export const SLUGS = { alike: 'organization-5', largest: 'organization-11' } as const;

const NAMES = `
  (ARRAY['Anna','Ben','Clara','Dana','Emil','Fatima','Georg','Hanna','Ivan','Julia','Karim','Lena','Marco','Nina','Omar','Paula','Quirin','Rosa','Sven','Tara'])[1 + a % 20]
  || ' ' || (ARRAY['Ab','Be','Cor','Dan','El','Fer','Gu','Han','Iv','Ja','Kor','Lu','Mar','No','Or','Pet','Qua','Ro','Schu','Tor'])[1 + a / 20 % 20]
  || (ARRAY['mann','berg','stein','son','ez','ova','ini','feld','hoff','meier','wald','bach','dorf','ski','man','ers','huber','lein','brand','thal'])[1 + a / 400 % 20]
  || (ARRAY['','a','er','en','is'])[1 + a / 8000 % 5]`;

/** The same for every organization of a size. The one that was there already is the first: its slug is the shortest. */
const FILL = `
  INSERT INTO contacts (org_id, id, name, phone, email, lead_status, lead_score, last_contact_at, created_at, updated_at)
    SELECT o.id, new_uuid_v7(), ${NAMES}, '+1555' || lpad(i::text, 7, '0'), 'user' || i || '@example.com',
      (ARRAY['new', 'new', 'new', 'contacted', 'contacted', 'qualified', 'booked', 'converted', 'lost', 'lost'])[1 + b % 10],
      (ARRAY['hot', 'warm', 'cold', NULL])[1 + b % 4],
      CASE WHEN b % 3 > 0 THEN now() - make_interval(secs => b % 3000000) END,
      now() - make_interval(mins => i), now() - make_interval(secs => a % 5000000)
    FROM unnest($1::int[]) WITH ORDINALITY AS s (size, n)
      JOIN (SELECT id, row_number() OVER (ORDER BY length(slug), slug) AS n FROM organizations) o USING (n),
      LATERAL generate_series(0, s.size - 1) i,
      LATERAL (SELECT hashint8(i::bigint * 1000003) & 2147483647 AS a, hashint8(i::bigint * 7919) & 2147483647 AS b) h`;

/**
 * Makes organizations and their contacts in bulk, past triggers: what is measured is reading them. Indexes that only serve
 * reading are made afterwards, which takes a fraction of the time.
 */
export async function fillContacts(admin: Client, sizes: readonly number[]): Promise<void> {
  await admin.query(`SET session_replication_role = replica; SET maintenance_work_mem = '512MB'`);
  await admin.query(
    `INSERT INTO organizations (id, name, slug)
     SELECT new_uuid_v7(), 'Organization ' || i, 'organization-' || i FROM generate_series(2, $1::int) i`,
    [sizes.length],
  );
  const { rows: indexes } = await admin.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index i
     WHERE indrelid = 'contacts'::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)`,
  );
  for (const { name } of indexes) await admin.query(`DROP INDEX ${name}`);
  await admin.query(FILL, [sizes]);
  for (const { definition } of indexes) await admin.query(definition);
  await admin.query('RESET session_replication_role; RESET maintenance_work_mem');
  await admin.query('VACUUM ANALYZE');
}
