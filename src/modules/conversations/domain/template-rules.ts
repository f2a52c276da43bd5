import type { FieldError } from '../../../common/errors';
import { MAX_TEXT } from './reply-text';
import { hasMalformedPlaceholder, variablesIn } from './template-body';
import type { InvitationLinter } from './invitation';
import { TemplateInvalid, TemplateVariablesInvalid } from './template-errors';
import { rendererOf } from './template-rendering';
import { valueProblem, type TemplateVariable } from './template-variable';

/** What decides whether a text template can be sent. */
export interface TemplateText {
  readonly language: string;
  readonly body: string;
  readonly variables: readonly TemplateVariable[];
}

/** Line ends as one character, and no blanks around the text. */
export function tidyBody(body: string): string {
  return body.replace(/\r\n?/g, '\n').trim();
}

/** The form of a language's tag that all programs write: `pt-BR`. Undefined where it is none. */
export function languageTag(language: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(language.replaceAll('_', '-'))[0];
  } catch {
    return undefined;
  }
}

/** Throws {@link TemplateInvalid} with everything that is wrong. */
export function checkTemplate(template: TemplateText, invitation: InvitationLinter): void {
  const problems = [...languageProblems(template), ...bodyProblems(template), ...variableProblems(template)];
  if (problems.length === 0) problems.push(...exampleProblems(template, invitation));
  if (problems.length > 0) throw new TemplateInvalid(problems);
}

function languageProblems({ language }: TemplateText): FieldError[] {
  if (languageTag(language) !== undefined) return [];
  return [
    { field: 'language', code: 'language', message: 'language must be a language tag, such as en or pt-BR' },
  ];
}

function bodyProblems({ body, variables }: TemplateText): FieldError[] {
  const problem = (code: string, message: string): FieldError => ({ field: 'body', code, message });
  const problems: FieldError[] = [];
  if (body.trim() === '') problems.push(problem('blank', 'body must not be blank'));
  if (Array.from(body).length > MAX_TEXT)
    problems.push(problem('too_long', `body takes at most ${MAX_TEXT} characters`));
  if (/[^\P{Cc}\n]/u.test(body))
    problems.push(
      problem('control_characters', 'body must not hold control characters other than line ends'),
    );
  if (hasMalformedPlaceholder(body))
    problems.push(problem('malformed_placeholder', 'the place of a variable is {{name}}, without blanks'));
  const declared = new Set(variables.map(({ name }) => name));
  for (const name of variablesIn(body))
    if (!declared.has(name))
      problems.push(problem('undeclared_variable', `{{${name}}} is not among the variables`));
  return problems;
}

function variableProblems({ body, variables }: TemplateText): FieldError[] {
  const used = new Set(variablesIn(body));
  const seen = new Set<string>();
  return variables.flatMap((variable, at) => {
    const field = `variables.${at}`;
    const { name } = variable;
    const problems: FieldError[] = [];
    if (seen.has(name))
      problems.push({ field: `${field}.name`, code: 'duplicate', message: `${name} is there twice` });
    seen.add(name);
    if (!used.has(name))
      problems.push({
        field: `${field}.name`,
        code: 'unused_variable',
        message: `{{${name}}} is not in the body`,
      });
    const problem = valueProblem(variable, variable.example);
    if (problem) problems.push({ field: `${field}.example`, ...problem });
    return problems;
  });
}

/** Of a template that is right otherwise: what it says with its examples. */
function exampleProblems(template: TemplateText, invitation: InvitationLinter): FieldError[] {
  const values = Object.fromEntries(template.variables.map(({ name, example }) => [name, example]));
  const language = languageTag(template.language) ?? template.language;
  try {
    const { text } = rendererOf({ ...template, language, heldBy: null })(values);
    const reason = invitation(text ?? '');
    return reason === null ? [] : [{ field: 'body', code: 'reserved_word', message: reason }];
  } catch (error) {
    if (!(error instanceof TemplateVariablesInvalid)) throw error;
    return [
      {
        field: 'body',
        code: 'too_long',
        message: `the text takes at most ${MAX_TEXT} characters; with the examples it has more`,
      },
    ];
  }
}
