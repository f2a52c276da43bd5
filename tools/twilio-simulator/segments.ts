const GSM_BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const GSM_EXTENDED = '^{}\\[~]|€\f';
const COST = new Map<string, number>([
  ...Array.from(GSM_BASIC, (c): [string, number] => [c, 1]),
  ...Array.from(GSM_EXTENDED, (c): [string, number] => [c, 2]),
]);

/**
 * How many SMS segments a text takes: 160 GSM-7 characters (153 each when split), or 70 UTF-16 units
 * (67 each when split) as soon as one character is outside GSM-7.
 */
export function smsSegments(body: string): number {
  let septets = 0;
  for (const character of body) {
    const cost = COST.get(character);
    if (cost === undefined) return count(body.length, 70, 67);
    septets += cost;
  }
  return count(septets, 160, 153);
}

function count(units: number, single: number, part: number): number {
  return units <= single ? 1 : Math.ceil(units / part);
}
