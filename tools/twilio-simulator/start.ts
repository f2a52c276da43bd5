import { controlApi } from './control-api';
import { TwilioSimulator } from './simulator';
import type { SimulatorOptions } from './simulator';

/**
 * Starts a simulator and resolves once it listens.
 * @throws the server's error, with code EADDRINUSE when the port is taken
 */
export async function startTwilioSimulator(options: SimulatorOptions = {}): Promise<TwilioSimulator> {
  const simulator = new TwilioSimulator(options);
  await simulator.listen(options.port ?? 0, options.host ?? '127.0.0.1', controlApi(simulator));
  return simulator;
}
