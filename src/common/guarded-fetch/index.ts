export { FetchFailed, FetchRefused, type FetchRefusal } from './fetch-errors';
export { allowedUrl, type FetchRules } from './fetch-rules';
export { GuardedFetch, type Fetched, type FetchBounds } from './guarded-fetch';
export { GuardedFetchModule } from './guarded-fetch.module';
export { isPublicAddress } from './public-address';
