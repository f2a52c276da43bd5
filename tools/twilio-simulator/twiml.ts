import { SimulatorInputError } from './errors';

/** An element of TwiML: a verb, or a noun within one. */
export interface Verb {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** What is written in it, without that of its own elements. */
  readonly text: string;
  readonly children: readonly Verb[];
}

const TOKEN =
  /<\?[^>]*\?>|<!--[\s\S]*?-->|<\/([A-Za-z]+)\s*>|<([A-Za-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>|([^<]+)/y;
const ATTRIBUTE = /([\w:-]+)="([^"<]*)"/g;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

interface Open {
  name: string;
  attributes: Record<string, string>;
  text: string;
  children: Verb[];
}

/**
 * The verbs of a TwiML document.
 * @throws SimulatorInputError for what is no XML with a Response in it
 */
export function parseTwiml(document: string): readonly Verb[] {
  const root: Open = { name: '', attributes: {}, text: '', children: [] };
  const open: Open[] = [root];
  const token = new RegExp(TOKEN);
  while (token.lastIndex < document.length) {
    const match = token.exec(document);
    if (!match) throw new SimulatorInputError('the answer is no TwiML');
    const [, closed, opened, attributes = '', isEmpty, text] = match;
    const top = open.at(-1) ?? root;
    if (text !== undefined) top.text += decoded(text);
    if (opened !== undefined) {
      const verb: Open = { name: opened, attributes: attributesOf(attributes), text: '', children: [] };
      top.children.push(verb);
      if (isEmpty === '') open.push(verb);
    }
    if (closed !== undefined && open.pop()?.name !== closed)
      throw new SimulatorInputError('the answer is no TwiML');
  }
  const [response] = root.children;
  if (open.length > 1 || response?.name !== 'Response')
    throw new SimulatorInputError('the answer is no TwiML');
  return response.children;
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, decoded(value)]),
  );
}

function decoded(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi,
    (_, hex?: string, decimal?: string, name?: string) => {
      if (name === undefined) return String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal));
      const character = ENTITIES[name];
      if (character === undefined) throw new SimulatorInputError(`the answer is no TwiML: &${name};`);
      return character;
    },
  );
}
