import { Global, Module } from '@nestjs/common';
import { GuardedFetch } from './guarded-fetch';

/** Fetching what others name. */
@Global()
@Module({ providers: [GuardedFetch], exports: [GuardedFetch] })
export class GuardedFetchModule {}
