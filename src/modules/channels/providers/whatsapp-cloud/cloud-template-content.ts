import type { ProviderTemplate } from '../../domain/provider';

type Json = Record<string, unknown>;

/** A template is named by its name, and by the language that it is read in. */
export function contentIdOf(name: string, language: string): string {
  return `${name}/${language}`;
}

/** Names of variables outside of the body begin so. Meta's own names have no capitals. */
export const HEADER = 'HEADER_';
export const buttonPrefix = (index: number): string => `BUTTON${index}_`;
const PLACE = /^(?:(HEADER)_|BUTTON(\d)_)?(.+)$/;

/** Names that are numbers are filled in by their order, all others by name. */
const isPositional = (name: string): boolean => /^\d+$/.test(name);

/**
 * A template filled in, as Meta takes it.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
 */
export function templateOf({ contentId, variables }: ProviderTemplate): Json {
  const cut = contentId.lastIndexOf('/');
  const components = componentsOf(Object.entries(variables));
  return {
    name: contentId.slice(0, cut),
    // The only policy there is; Meta's description demands it.
    language: { policy: 'deterministic', code: contentId.slice(cut + 1) },
    ...(components.length === 0 ? {} : { components }),
  };
}

interface Component {
  readonly part: Json;
  readonly values: [string, string][];
}

function componentsOf(values: readonly (readonly [string, string])[]): Json[] {
  const components = new Map<string, Component>();
  for (const [name, value] of values) {
    const [, header, button, place = name] = PLACE.exec(name) ?? [];
    const type = button !== undefined ? 'button' : header !== undefined ? 'header' : 'body';
    const key = `${type}${button ?? ''}`;
    const part = button === undefined ? { type } : { type, sub_type: 'url', index: button };
    const component: Component = components.get(key) ?? { part, values: [] };
    component.values.push([place, value]);
    components.set(key, component);
  }
  return [...components.values()].map(({ part, values: own }) => ({
    ...part,
    parameters: parametersOf(own),
  }));
}

function parametersOf(values: readonly [string, string][]): Json[] {
  return values
    .toSorted(([a], [b]) => (isPositional(a) && isPositional(b) ? Number(a) - Number(b) : 0))
    .map(([name, text]) => ({
      type: 'text',
      ...(isPositional(name) ? {} : { parameter_name: name }),
      text,
    }));
}
