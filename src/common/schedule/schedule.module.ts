import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule as NestScheduleModule } from '@nestjs/schedule';
import { Housekeeping } from './housekeeping';
import { Schedule } from './scheduled-job';

@Global()
@Module({
  imports: [DiscoveryModule, NestScheduleModule.forRoot()],
  providers: [Schedule, Housekeeping],
  exports: [Schedule],
})
export class ScheduleModule {}
