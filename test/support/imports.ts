import { request as httpRequest } from 'node:http';
import type { Readable } from 'node:stream';
import type { TestApp } from './test-app';

/** An import as the API shows it. */
export interface Imported {
  readonly id: string;
  readonly status: string;
  readonly rowsRead: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly problem: string | null;
  readonly problemLine: number | null;
  readonly encoding: string;
  readonly delimiter: string;
  readonly hasHeader: boolean;
  readonly preview: {
    readonly columns: string[];
    readonly rows: string[][];
    readonly suggestedMapping: { column: number; field: string }[];
  };
}

export interface Upload {
  readonly status: number;
  readonly body: Imported & { readonly code?: string };
}

/** Sends a file in the body, as it is. */
export async function upload(
  { url }: Pick<TestApp, 'url'>,
  token: string,
  file: Buffer | string,
  { type = 'text/csv', query = '' } = {},
): Promise<Upload> {
  const response = await fetch(`${url}/api/v1/contacts/imports${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': type },
    body: typeof file === 'string' ? file : new Uint8Array(file),
  });
  return { status: response.status, body: (await response.json()) as Upload['body'] };
}

/** The same from a stream, without a length told beforehand. */
export function uploadStream({ url }: Pick<TestApp, 'url'>, token: string, file: Readable): Promise<Upload> {
  return new Promise((done, fail) => {
    const request = httpRequest(
      `${url}/api/v1/contacts/imports`,
      {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () =>
          done({ status: response.statusCode ?? 0, body: JSON.parse(text) as Upload['body'] }),
        );
      },
    );
    request.on('error', fail);
    file.on('error', () => request.destroy());
    file.pipe(request);
  });
}
