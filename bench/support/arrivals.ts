import type { TwilioSimulator } from '../../tools/twilio-simulator';

const STALLED_MS = 30_000;

/** How many messages the simulator took in a second, from the first to the last of `count`, after `start`. */
export async function arrivalsPerSecond(
  simulator: TwilioSimulator,
  count: number,
  start: () => Promise<unknown>,
): Promise<number> {
  let [arrived, first, last] = [0, 0, performance.now()];
  simulator.onCreate(() => {
    last = performance.now();
    if (arrived++ === 0) first = last;
  });
  try {
    await start();
    while (arrived < count) {
      if (performance.now() - last > STALLED_MS) throw new Error(`only ${arrived} of ${count} messages came`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  } finally {
    simulator.onCreate(null);
  }
  return (count - 1) / ((last - first) / 1000);
}
