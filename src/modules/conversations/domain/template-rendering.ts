import type { FieldError } from '../../../common/errors';
import { MAX_TEXT } from './reply-text';
import type { MessageTemplate } from './template';
import { fillIn, partsOf, type BodyPart } from './template-body';
import { TemplateVariablesInvalid } from './template-errors';
import { shownValue, valueProblem, type TemplateVariable, type ValueProblem } from './template-variable';

/** Values by the names of variables. */
export type TemplateValues = Readonly<Record<string, unknown>>;

/** A template filled in. */
export interface RenderedTemplate {
  /** As the person reads it; null where a provider's template has no text of its own. */
  readonly text: string | null;
  readonly variables: Readonly<Record<string, string>>;
}

/** Fills one template in, as often as wanted. Throws {@link TemplateVariablesInvalid}. */
export type TemplateRenderer = (values: TemplateValues) => RenderedTemplate;

/**
 * Takes a template apart, once for many people. What comes of it is computed and nothing else: no value is looked at for
 * the places of others.
 */
export function rendererOf(
  template: Pick<MessageTemplate, 'body' | 'language' | 'variables' | 'heldBy'>,
): TemplateRenderer {
  const { variables, language } = template;
  const parts = template.body === null ? null : partsOf(template.body);
  const check = template.heldBy ? providerValueProblem : valueProblem;
  return (values) => {
    const problems = problemsOf(variables, values, check);
    if (problems.length > 0) throw new TemplateVariablesInvalid(problems);
    const given = variables.map(({ name }): [string, string] => [name, String(values[name])]);
    const text = parts && textOf(parts, variables, new Map(given), template.heldBy ? null : language);
    return { text, variables: Object.fromEntries(given) };
  };
}

/** `language` is null where the provider fills the same values in: it shows them as they are. */
function textOf(
  parts: readonly BodyPart[],
  variables: readonly TemplateVariable[],
  values: ReadonlyMap<string, string>,
  language: string | null,
): string {
  const shown = variables.map((variable): [string, string] => {
    const value = values.get(variable.name) ?? '';
    return [variable.name, language === null ? value : shownValue(variable, value, language)];
  });
  const text = fillIn(parts, new Map(shown));
  const length = Array.from(text).length;
  if (length > MAX_TEXT)
    throw new TemplateVariablesInvalid([
      {
        field: 'variables',
        code: 'too_long',
        message: `the text takes at most ${MAX_TEXT} characters; with these values it has ${length}`,
      },
    ]);
  return text;
}

function problemsOf(
  variables: readonly TemplateVariable[],
  values: TemplateValues,
  check: (variable: TemplateVariable, value: unknown) => ValueProblem | null,
): FieldError[] {
  const known = new Set(variables.map(({ name }) => name));
  const unknown = Object.keys(values).filter((name) => !known.has(name));
  return [
    ...variables.flatMap((variable) => {
      const { name } = variable;
      if (!Object.hasOwn(values, name) || values[name] === undefined)
        return [{ field: `variables.${name}`, code: 'required', message: `${name} is required` }];
      const problem = check(variable, values[name]);
      return problem ? [{ field: `variables.${name}`, ...problem }] : [];
    }),
    ...unknown.map((name) => ({
      field: `variables.${name}`,
      code: 'unknown_variable',
      message: 'the template has no such variable',
    })),
  ];
}

/**
 * WhatsApp refuses values with more than four blanks in a row; line ends, tabs and nothing at all are refused everywhere.
 * https://www.twilio.com/docs/api/errors/21656
 */
function providerValueProblem(variable: TemplateVariable, value: unknown): ValueProblem | null {
  const problem = valueProblem(variable, value);
  if (problem) return problem;
  return / {5}/.test(String(value))
    ? {
        code: 'too_many_spaces',
        message: `${variable.name} must not hold more than four spaces in a row`,
      }
    : null;
}
