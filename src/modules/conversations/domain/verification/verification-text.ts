/** Where a code stands in a stored text. */
export const CODE_PLACE = '••••••';

const english = (name: string): string =>
  `${CODE_PLACE} is your code for ${name}. It is valid for ten minutes. Tell it to nobody else.`;

const TEXTS: Readonly<Record<string, (organization: string) => string>> = {
  en: english,
  de: (name) =>
    `${CODE_PLACE} ist Ihr Code für ${name}. Er gilt zehn Minuten. Geben Sie ihn an niemand anderen weiter.`,
  es: (name) => `${CODE_PLACE} es su código para ${name}. Es válido diez minutos. No se lo diga a nadie más.`,
  fr: (name) =>
    `${CODE_PLACE} est votre code pour ${name}. Il est valable dix minutes. Ne le donnez à personne d'autre.`,
};

/** What a person reads who asked for a code, with dots in place of it; in the language, or else in English. */
export function verificationText(organization: string, locale: string): string {
  const [language = ''] = locale.toLowerCase().split('-');
  return (TEXTS[language] ?? english)(organization);
}
