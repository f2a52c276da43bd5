import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { alternate, type Comparison } from './support/measure';
import { startProcess, type ServerProcess } from './support/process';
import type { World } from './support/world';

const ROWS = 100_000;
const RUNS = 3;
const COLUMNS = ['name', 'phone', 'email', 'tags', 'notes'];

type Place = Pick<World, 'adminUrl' | 'env' | 'orgId' | 'apiKey' | 'crowdedOrgId' | 'query'>;

/** A file of people whom nobody knows; the same one for the same `run`. */
function fileOf(run: number): Buffer {
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const number = `+4915${run}${String(i).padStart(8, '0')}`;
    return `Person ${i} of ${run},${number},p${i}-${run}@example.com,imported,Prefers mornings`;
  });
  return Buffer.from(`${COLUMNS.join(',')}\n${lines.join('\n')}\n`);
}

/** Uploads a file and waits until it is imported; returns rows per second. */
async function importFile(place: Place, api: ServerProcess, file: Buffer): Promise<number> {
  const call = async (
    method: string,
    path: string,
    type: string,
    body?: Uint8Array<ArrayBuffer> | string,
  ) => {
    const response = await fetch(`${api.url}/api/v1/contacts/imports${path}`, {
      method,
      headers: { authorization: `Bearer ${place.apiKey}`, 'content-type': type },
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { id: string; status: string; created: number };
  };
  const started = performance.now();
  const { id } = await call('POST', '', 'text/csv', new Uint8Array(file));
  const mapping = COLUMNS.map((field, index) => ({ column: index + 1, field }));
  await call('POST', `/${id}/start`, 'application/json', JSON.stringify({ mapping }));
  for (;;) {
    const [row] = await place.query<{ status: string; created: number }>(
      'SELECT status, rows_created AS created FROM contact_imports WHERE id = $1',
      [id],
    );
    if (row?.status === 'completed' && row.created === ROWS) break;
    if (row?.status !== 'running') throw new Error(`the import ended as ${String(row?.status)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return ROWS / ((performance.now() - started) / 1000);
}

/** The same rows by COPY and one statement, into the same table with its indexes and triggers; rows per second. */
async function copyAndInsert({ adminUrl }: Place, orgId: string, file: Buffer): Promise<number> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const started = performance.now();
    await client.query('BEGIN');
    await client.query(
      'CREATE TEMP TABLE rows_of_file (name text, phone text, email text, tags text, notes text) ON COMMIT DROP',
    );
    const sink = client.query(copyFrom('COPY rows_of_file FROM STDIN (FORMAT csv, HEADER)'));
    await pipeline(Readable.from([file]), sink);
    const { rowCount } = await client.query(
      `INSERT INTO contacts (org_id, id, name, phone, email, tags, notes)
       SELECT $1, new_uuid_v7(), name, phone, email, string_to_array(tags, ';'), notes FROM rows_of_file
       ON CONFLICT (org_id, phone) DO UPDATE SET name = EXCLUDED.name, email = EXCLUDED.email, tags = EXCLUDED.tags,
         notes = EXCLUDED.notes`,
      [orgId],
    );
    await client.query('COMMIT');
    if (rowCount !== ROWS) throw new Error(`${String(rowCount)} rows in place of ${ROWS}`);
    return ROWS / ((performance.now() - started) / 1000);
  } finally {
    await client.end();
  }
}

/**
 * A file of 100,000 new people through the API, from the first byte of the upload to the end of the job, against COPY and INSERT …
 * ON CONFLICT of the same rows.
 */
export async function contactImport(place: Place): Promise<Comparison> {
  const api = await startProcess(
    '../src/main.js',
    { ...place.env, ROLE: 'all' },
    place.env['PUBLIC_URL'] ?? '',
    '/health/live',
  );
  try {
    let imports = 0;
    let copies = 0;
    return await alternate(
      RUNS,
      () => importFile(place, api, fileOf(imports++)),
      () => copyAndInsert(place, place.crowdedOrgId, fileOf(copies++)),
    );
  } finally {
    await api.stop();
  }
}
