import { join, resolve } from 'node:path';

/** A bucket of S3, or of what speaks its language. */
export interface S3Settings {
  readonly bucket: string;
  /** Undefined: AWS. */
  readonly endpoint: string | undefined;
  readonly region: string;
  /** Undefined: from where AWS puts them, such as the role of the machine. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** Where files of messages are kept, and how large one may be. */
export interface MediaSettings {
  readonly maxBytes: number;
  readonly store: { readonly folder: string } | S3Settings;
}

interface MediaValues {
  readonly MEDIA_DIR?: string | undefined;
  readonly MEDIA_MAX_MB?: number | undefined;
  readonly S3_BUCKET?: string | undefined;
  readonly S3_ENDPOINT?: string | undefined;
  readonly S3_REGION?: string | undefined;
  readonly S3_ACCESS_KEY_ID?: string | undefined;
  readonly S3_SECRET_ACCESS_KEY?: string | undefined;
  readonly FRONTDESK_DATA_DIR?: string | undefined;
}

/** What of the variables about media does not go together; one line for each problem, by name. */
export function mediaProblems(values: MediaValues, production: boolean): string[] {
  const { MEDIA_DIR, S3_BUCKET, S3_ENDPOINT, S3_REGION, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = values;
  if (S3_BUCKET === undefined) {
    if (S3_ENDPOINT !== undefined) return ['S3_BUCKET: is missing; S3_ENDPOINT alone says not where'];
    return production && MEDIA_DIR === undefined
      ? ['MEDIA_DIR: is missing; files need a folder that stays, or a bucket in S3_BUCKET']
      : [];
  }
  if (MEDIA_DIR !== undefined)
    return ['MEDIA_DIR: stands beside S3_BUCKET; files go one way, so give one of them'];
  const problems: string[] = [];
  if (S3_REGION === undefined && S3_ENDPOINT === undefined)
    problems.push('S3_REGION: is missing; AWS needs the region of S3_BUCKET');
  if (S3_ACCESS_KEY_ID !== undefined && S3_SECRET_ACCESS_KEY === undefined)
    problems.push('S3_SECRET_ACCESS_KEY: is missing beside S3_ACCESS_KEY_ID');
  if (S3_ACCESS_KEY_ID === undefined && S3_SECRET_ACCESS_KEY !== undefined)
    problems.push('S3_ACCESS_KEY_ID: is missing beside S3_SECRET_ACCESS_KEY');
  return problems;
}

/** Outside production files are kept beside the data. */
export function mediaSettings(values: MediaValues & { readonly MEDIA_MAX_MB: number }): MediaSettings {
  const { MEDIA_DIR, MEDIA_MAX_MB, FRONTDESK_DATA_DIR = '', S3_BUCKET, S3_ENDPOINT, S3_REGION } = values;
  const { S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = values;
  const maxBytes = MEDIA_MAX_MB * 1_048_576;
  if (S3_BUCKET === undefined)
    return { maxBytes, store: { folder: resolve(MEDIA_DIR ?? join(FRONTDESK_DATA_DIR, 'media')) } };
  const credentials =
    S3_ACCESS_KEY_ID === undefined || S3_SECRET_ACCESS_KEY === undefined
      ? undefined
      : { accessKeyId: S3_ACCESS_KEY_ID, secretAccessKey: S3_SECRET_ACCESS_KEY };
  return {
    maxBytes,
    store: { bucket: S3_BUCKET, endpoint: S3_ENDPOINT, region: S3_REGION ?? 'us-east-1', credentials },
  };
}
