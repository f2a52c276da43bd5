/** How a text goes over the air as SMS. */
export interface SmsLength {
  /** `gsm7`: every character is of the GSM 03.38 alphabet; else all of the text is UCS-2. */
  readonly encoding: 'gsm7' | 'ucs2';
  /** Septets or UTF-16 units, as the encoding counts. */
  readonly units: number;
  /** How many messages it is sent and paid as. */
  readonly segments: number;
}

/** GSM 03.38: one septet each. https://www.twilio.com/docs/glossary/what-is-gsm-7-character-encoding */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** Its extension table: an escape and one more septet. */
const EXTENDED = new Set('^{}\\[~]|€\f');

/** What one message holds alone, and what each of several holds: the rest is the header that joins them. */
const CAPACITY = { gsm7: { alone: 160, joined: 153 }, ucs2: { alone: 70, joined: 67 } } as const;

/**
 * The number of SMS segments of a text. A character is never cut: one of the extension table, or one outside the BMP, that
 * does not fit into what is left of a segment begins the next one. An empty text is one segment.
 */
export function smsSegments(text: string): SmsLength {
  const characters = Array.from(text);
  const encoding = characters.every((each) => BASIC.has(each) || EXTENDED.has(each)) ? 'gsm7' : 'ucs2';
  const costs = characters.map(
    encoding === 'gsm7' ? (each) => (EXTENDED.has(each) ? 2 : 1) : ({ length }) => length,
  );
  const units = costs.reduce((sum, cost) => sum + cost, 0);
  const { alone, joined } = CAPACITY[encoding];
  return { encoding, units, segments: units <= alone ? 1 : segmentsOf(costs, joined) };
}

function segmentsOf(costs: readonly number[], capacity: number): number {
  let segments = 1;
  let left = capacity;
  for (const cost of costs) {
    if (cost > left) {
      segments++;
      left = capacity;
    }
    left -= cost;
  }
  return segments;
}
