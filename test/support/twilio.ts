import {
  startTwilioSimulator,
  type SimulatorOptions,
  type TwilioSimulator,
} from '../../tools/twilio-simulator';

const started: TwilioSimulator[] = [];

/**
 * Starts a Twilio for a file's tests, which fails the file when a request broke Twilio's published API description. Tests
 * that mean to break it start a simulator themselves, or clear its violations.
 */
export async function aTwilio(options: SimulatorOptions = {}): Promise<TwilioSimulator> {
  const twilio = await startTwilioSimulator(options);
  started.push(twilio);
  return twilio;
}

afterAll(() => {
  expect(started.flatMap((twilio) => twilio.violations())).toEqual([]);
});
