import { Global, Module } from '@nestjs/common';
import { OperationsController } from './operations.controller';
import { Readiness } from './readiness';

/** What an operator looks at: is it alive, can it serve, how is it doing. */
@Global()
@Module({ controllers: [OperationsController], providers: [Readiness] })
export class OperationsModule {}
