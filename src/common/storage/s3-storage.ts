import type { Readable } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import type { S3Settings } from '../config';
import { NothingStored, partsOfKey, Storage, StorageFailed, type StoredMeta } from './storage';

type Sdk = typeof import('@aws-sdk/client-s3');

/** So long one call may say nothing. */
const SILENCE_MS = 30_000;
const CONNECT_MS = 5_000;

const nothing = (): void => undefined;
const SILENT = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A bucket of S3, or of what speaks its language. The SDK is loaded with the first file: it takes a third of a second. */
export class S3Storage extends Storage {
  private ready: Promise<{ sdk: Sdk; client: S3Client }> | undefined;

  constructor(private readonly settings: S3Settings) {
    super();
  }

  async put(key: string, content: Readable, { contentType, size }: StoredMeta): Promise<void> {
    const named = this.named(key);
    const broken = new Promise<never>((_, reject) => content.once('error', reject));
    broken.catch(() => undefined);
    const stored = this.call(({ sdk, client }) =>
      client.send(
        new sdk.PutObjectCommand({
          ...named,
          Body: content,
          ContentLength: size,
          ContentType: contentType,
        }),
      ),
    );
    await Promise.race([stored, broken]);
  }

  async get(key: string): Promise<Readable> {
    const named = this.named(key);
    const { Body } = await this.call(({ sdk, client }) => client.send(new sdk.GetObjectCommand(named)));
    return Body as Readable;
  }

  async delete(key: string): Promise<void> {
    const named = this.named(key);
    await this.call(({ sdk, client }) => client.send(new sdk.DeleteObjectCommand(named)));
  }

  /** Ends its connections. */
  async close(): Promise<void> {
    (await this.ready)?.client.destroy();
  }

  private named(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: partsOfKey(key).join('/') };
  }

  /** The SDK's errors hold the request; what is known of them here is their name. */
  private async call<T>(work: (ready: { sdk: Sdk; client: S3Client }) => Promise<T>): Promise<T> {
    try {
      this.ready ??= this.connect();
      return await work(await this.ready);
    } catch (error) {
      const { name } = error as Error;
      throw name === 'NoSuchKey' || name === 'NotFound' ? new NothingStored() : new StorageFailed(name);
    }
  }

  private async connect(): Promise<{ sdk: Sdk; client: S3Client }> {
    const sdk = await import('@aws-sdk/client-s3');
    const { endpoint, region, credentials } = this.settings;
    const client = new sdk.S3Client({
      region,
      // Buckets of others than AWS rarely have a name of their own in DNS.
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      // Without keys the SDK looks where AWS puts them: environment, profile, role of the machine.
      ...(credentials === undefined ? {} : { credentials }),
      // Stores that do not know the SDK's own checksums keep what frames them as content.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      // Otherwise it writes to the console.
      logger: SILENT,
      requestHandler: { requestTimeout: SILENCE_MS, connectionTimeout: CONNECT_MS },
    });
    return { sdk, client };
  }
}
