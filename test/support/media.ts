import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'supertest';
import type { TestApp } from './test-app';

/** The smallest PNG there is, with `more` bytes after its end, which viewers ignore. */
export function aPng(more = 0): Buffer {
  const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';
  return Buffer.concat([Buffer.from(png, 'base64'), Buffer.alloc(more, 1)]);
}

/** A PDF, by its beginning. */
export const aPdf = (): Buffer => Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n');

/** Uploads a file that is to be sent. */
export function uploadMedia(
  app: TestApp,
  token: string,
  content: Buffer,
  { type = 'image/png', query = '' } = {},
): Test {
  return app
    .http()
    .post(`/api/v1/media${query}`)
    .set('authorization', `Bearer ${token}`)
    .set('content-type', type)
    .send(content);
}

/** Names of all files in the storage of a program. */
export function storedFiles({ mediaFolder }: Pick<TestApp, 'mediaFolder'>): string[] {
  try {
    return readdirSync(mediaFolder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
