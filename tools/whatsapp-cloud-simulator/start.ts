import { controlApi } from './control-api';
import { WhatsappCloudSimulator, type SimulatorOptions } from './simulator';

/**
 * Starts a simulator and resolves once it listens.
 * @throws the server's error, with code EADDRINUSE when the port is taken
 */
export async function startWhatsappCloudSimulator(
  options: SimulatorOptions = {},
): Promise<WhatsappCloudSimulator> {
  const simulator = new WhatsappCloudSimulator(options);
  await simulator.listen(options.port ?? 0, options.host ?? '127.0.0.1', controlApi(simulator));
  return simulator;
}
