import { Module } from '@nestjs/common';
import { IsolationCheck } from './isolation-check';
import { IsolationController } from './isolation.controller';

/** The operator's look at what keeps the organizations apart. */
@Module({ controllers: [IsolationController], providers: [IsolationCheck] })
export class IsolationModule {}
