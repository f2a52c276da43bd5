import fc from 'fast-check';
import map from '../../../src/modules/conversations/domain/phone-zones.json';
import { isTimezone } from '../../../src/common/time/timezone';
import { recipientZones } from '../../../src/modules/conversations/domain/recipient-zones';

const of = (address: string, contact: string | null = null) =>
  recipientZones(address, contact, 'Europe/Lisbon');

describe('the time zones of a recipient', () => {
  test.each([
    ['+12125550123', ['America/New_York']],
    ['+13125550123', ['America/Chicago']],
    ['+18085550123', ['Pacific/Honolulu']],
    ['+16025550123', ['America/Phoenix']],
    ['+6493001234', ['Pacific/Auckland']],
    ['+5511912345678', ['America/Sao_Paulo']],
    ['+4915112345678', ['Europe/Berlin']],
    ['+919876543210', ['Asia/Calcutta']],
    ['+8613912345678', ['Asia/Shanghai']],
    ['+351912345678', ['Europe/Lisbon', 'Atlantic/Azores']],
  ])('%s: %j', (number, zones) => expect(of(number)).toEqual(zones));

  test('a country with several, where the number does not tell', () => {
    expect(of('+61412345678')).toEqual(
      expect.arrayContaining(['Australia/Sydney', 'Australia/Perth', 'Australia/Lord_Howe']),
    );
    expect(of('+18005550123').length).toBeGreaterThan(10);
  });
  test('the zone of the contact goes before that of the number', () => {
    expect(of('+12125550123', 'Asia/Tokyo')).toEqual(['Asia/Tokyo']);
  });
  test('one that the runtime does not know counts for nothing', () => {
    expect(of('+12125550123', 'Europe/Atlantis')).toEqual(['America/New_York']);
  });
  test.each(['US.13491208655302741918', 'whatsapp', '', '12125550123', '+999123456789'])(
    '%j is no number of a place: as the organization',
    (address) => expect(of(address)).toEqual(['Europe/Lisbon']),
  );
  test("the organization's comes first among several", () => {
    const zones = recipientZones('+61412345678', null, 'Australia/Perth');
    expect(zones[0]).toBe('Australia/Perth');
    expect(new Set(zones)).toEqual(new Set(of('+61412345678')));
  });
  test('there is always one, and the runtime knows it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+[1-9]\d{5,14}$/), (number) => {
        const zones = of(number);
        expect(zones.length).toBeGreaterThan(0);
        expect(new Set(zones).size).toBe(zones.length);
        expect(zones.filter((zone) => !isTimezone(zone))).toEqual([]);
      }),
    );
  });
  test('the map holds zones that this runtime knows alone', () => {
    const zones = new Set(Object.keys(map).flatMap((names) => names.split(' ')));
    expect([...zones].filter((zone) => !isTimezone(zone))).toEqual([]);
  });
});
