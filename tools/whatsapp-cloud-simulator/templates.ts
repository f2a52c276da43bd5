import { MetaError } from './errors';
import type { Template } from './model';

type Json = Record<string, unknown>;

interface Component {
  readonly type?: unknown;
  readonly parameters?: readonly Parameter[];
}

interface Parameter {
  readonly type?: unknown;
  readonly text?: unknown;
  readonly parameter_name?: unknown;
}

/**
 * The text that a template's message has, its values filled in.
 * @throws MetaError for a template that is not there or not approved, or values that do not fit it
 */
export function sentTemplate(content: Json, templates: readonly Template[]): string {
  const { name, language } = content;
  const code = (language as Json | undefined)?.code;
  if (typeof name !== 'string' || typeof code !== 'string') {
    throw new MetaError(400, 131008, { details: 'Parameters name and language are required' });
  }
  const template = templates.find((one) => one.name === name && one.language === code);
  if (!template || template.status === 'PENDING' || template.status === 'REJECTED') {
    throw new MetaError(404, 132001, { details: `template name (${name}) does not exist in ${code}` });
  }
  if (template.status === 'PAUSED') throw new MetaError(400, 132015);
  if (template.status === 'DISABLED') throw new MetaError(400, 132016);
  const given = (Array.isArray(content.components) ? content.components : []) as Component[];
  checked(template, 'header', given);
  return checked(template, 'body', given);
}

/** The text of a component, its values filled in. */
function checked(template: Template, kind: string, given: readonly Component[]): string {
  const isKind = ({ type }: Component): boolean => String(type).toLowerCase() === kind;
  const component = template.components.find(isKind);
  const values = given.find(isKind)?.parameters ?? [];
  if (component && typeof component.text !== 'string') return '';
  const text = typeof component?.text === 'string' ? component.text : '';
  const places = [...new Set(Array.from(text.matchAll(/\{\{(\w+)\}\}/g), ([, place = '']) => place))];
  if (places.length !== values.length) {
    const details = `${kind}: number of localizable_params (${values.length}) does not match the expected number of params (${places.length})`;
    throw new MetaError(400, 132000, { details });
  }
  const valueOf = (place: string): string => {
    const value =
      template.parameterFormat === 'NAMED'
        ? values.find((one) => one.parameter_name === place)
        : values[Number(place) - 1];
    // Meta takes no value that is empty, or holds line ends, tabs or more than four spaces in a row.
    if (typeof value?.text !== 'string' || /^$|[\n\t]| {5}/.test(value.text)) {
      throw new MetaError(400, value ? 132018 : 132012, { details: `${kind}: parameter ${place}` });
    }
    return value.text;
  };
  const filled = new Map(places.map((place) => [place, valueOf(place)]));
  return text.replace(/\{\{(\w+)\}\}/g, (_all, place: string) => filled.get(place) ?? '');
}
