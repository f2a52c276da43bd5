import { ParkedDeliveries } from '../../db/shared-numbers/parked-deliveries.repository';
import { SharedDeliveries } from '../../db/shared-numbers/shared-deliveries.repository';
import { SharedNumbers } from '../../db/shared-numbers/shared-numbers.repository';
import { SharedPersonalData } from '../../db/shared-numbers/shared-personal-data';
import { SharedSenders } from '../../db/shared-numbers/shared-senders.repository';
import { AskSharedSender } from './ask-shared-sender.job';
import { ExpireParkedDeliveries } from './expire-parked-deliveries.job';
import { ReadParkedDeliveries } from './read-parked-deliveries.query';
import { ReadSharedNumbers } from './read-shared-numbers.query';
import { RecordSharedWord } from './record-shared-word.job';
import { RouteSharedDeliveryJob } from './route-shared-delivery.job';
import { RouteSharedDelivery } from './route-shared-delivery.use-case';
import { RouteSharedMessage } from './route-shared-message';
import { SettleParkedDelivery } from './settle-parked-delivery.use-case';
import { SharedCredentials } from './shared-credentials';
import { SharedQuestion } from './shared-question';
import { TendSharedNumbers } from './tend-shared-numbers.use-case';

/** What numbers that several organizations use consist of, for the module. */
export const SHARED_NUMBER_PROVIDERS = [
  SharedNumbers,
  SharedDeliveries,
  SharedSenders,
  SharedPersonalData,
  ParkedDeliveries,
  SharedCredentials,
  SharedQuestion,
  RouteSharedMessage,
  RouteSharedDelivery,
  RouteSharedDeliveryJob,
  AskSharedSender,
  RecordSharedWord,
  TendSharedNumbers,
  ReadSharedNumbers,
  ReadParkedDeliveries,
  SettleParkedDelivery,
  ExpireParkedDeliveries,
];
