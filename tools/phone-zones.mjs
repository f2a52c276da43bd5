/**
 * Writes which time zones the numbers of a country or area lie in, from the map of Google's libphonenumber (Apache License 2.0,
 * https://github.com/google/libphonenumber, resources/timezones/map_data.txt: lines of `1212|America/New_York`, several zones
 * joined by `&`). A prefix that says the same as a shorter one is left out.
 *
 *     node tools/phone-zones.mjs map_data.txt
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';

const TARGET = join(import.meta.dirname, '../src/modules/conversations/domain/phone-zones.json');

const zonesOf = new Map(
  readFileSync(process.argv[2], 'utf8')
    .split('\n')
    .filter((line) => /^\d/.test(line))
    .map((line) => line.trim().split('|')),
);

function shorter(prefix) {
  for (let length = prefix.length - 1; length > 0; length--) {
    const zones = zonesOf.get(prefix.slice(0, length));
    if (zones !== undefined) return zones;
  }
  return undefined;
}

const prefixesOf = {};
for (const [prefix, zones] of [...zonesOf].sort(([a], [b]) => (a < b ? -1 : 1)))
  if (shorter(prefix) !== zones) (prefixesOf[zones] ??= []).push(prefix);

const sorted = Object.entries(prefixesOf).sort(([a], [b]) => (a < b ? -1 : 1));
const lines = sorted.map(([zones, prefixes]) => [zones.replaceAll('&', ' '), prefixes.join(' ')]);
writeFileSync(TARGET, await format(JSON.stringify(Object.fromEntries(lines)), { parser: 'json' }));
