/** What is asked, by language; the organizations follow, each with its number. */
const TEXTS: Readonly<Record<string, string>> = {
  en: 'Several businesses are reached at this number. Which one do you mean? Please answer with the number.',
  de: 'Unter dieser Nummer sind mehrere Betriebe erreichbar. Welchen meinen Sie? Bitte antworten Sie mit der Zahl.',
  es: 'En este número atienden varios negocios. ¿A cuál se refiere? Responda con el número, por favor.',
  fr: 'Plusieurs entreprises sont joignables à ce numéro. Laquelle souhaitez-vous ? Répondez par le chiffre.',
};

/** An organization, as it is asked for. */
interface Option {
  readonly name: string;
  /** BCP 47. */
  readonly locale: string;
}

/** The question which of several organizations a person means. Where they do not speak one language, it is English. */
export function questionFor(options: readonly Option[]): string {
  const languages = new Set(options.map(({ locale }) => locale.split('-')[0]?.toLowerCase() ?? ''));
  const [language = ''] = languages.size === 1 ? [...languages] : [];
  const text = TEXTS[language] ?? TEXTS['en'];
  return [text, ...options.map(({ name }, at) => `${at + 1} ${name}`)].join('\n');
}

/** What was chosen, by its number or by its name and nothing else; undefined when it is no such answer. */
export function answerTo<T extends { readonly name: string }>(
  body: string,
  options: readonly (T | undefined)[],
): T | undefined {
  const said = compared(body);
  const number = /^([1-9][0-9]{0,2})(?:[.):]? (.+))?$/.exec(said);
  if (number?.[1]) {
    const option = options[Number(number[1]) - 1];
    if (option && (number[2] === undefined || compared(number[2]) === compared(option.name))) return option;
  }
  const named = options.filter((option) => option && said !== '' && compared(option.name) === said);
  return named.length === 1 ? named[0] : undefined;
}

/** Without case, and without what stands around it; of an emoji of a figure the figure. */
function compared(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[\uFE0F\u20E3]/g, '')
    .replace(/\s+/g, ' ')
    .replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{M}\p{N}]+$/gu, '')
    .toLowerCase();
}
