import type { FieldError } from '../../../common/errors';
import { BulkVariablesInvalid } from './bulk-errors';
import { valueProblem, type TemplateVariable } from './template-variable';

/** What of a contact can stand for a variable; `customField:<key>` besides. */
export const CONTACT_VARIABLES = ['name', 'firstName', 'phone', 'email'] as const;
export type ContactVariable = (typeof CONTACT_VARIABLES)[number];

const CUSTOM = 'customField:';

/** What a variable of the template is: the same text for everybody, or a field of the contact. */
export interface BulkVariable {
  /** As the template names it. */
  readonly name: string;
  readonly text?: string;
  readonly field?: string;
  /** Where the field is empty; without one, whoever has it empty is skipped. */
  readonly fallback?: string;
}

/** The key of a field of the organization's own that `field` names, if it does. */
export function customKeyOf(field: string): string | undefined {
  return field.startsWith(CUSTOM) ? field.slice(CUSTOM.length) : undefined;
}

/** Throws {@link BulkVariablesInvalid}, which tells all that is wrong by field. */
export function checkVariables(
  variables: readonly BulkVariable[],
  wanted: readonly TemplateVariable[],
  customKeys: ReadonlySet<string>,
): void {
  const byName = new Map(wanted.map((variable) => [variable.name, variable]));
  const seen = new Set<string>();
  const complaints = variables.flatMap((variable, index) => {
    const at = (field: string, code: string, message: string): FieldError => ({
      field: `variables.${index}.${field}`,
      code,
      message,
    });
    const found = complaintsOf(variable, byName.get(variable.name), customKeys, at);
    if (seen.has(variable.name)) found.push(at('name', 'twice', 'this variable is there already'));
    seen.add(variable.name);
    return found;
  });
  const missing = wanted.filter(({ name }) => !seen.has(name));
  const absent = missing.map(({ name }): FieldError => ({
    field: 'variables',
    code: 'missing',
    message: `the template also has the variable ${name}`,
  }));
  if (complaints.length + absent.length > 0) throw new BulkVariablesInvalid([...complaints, ...absent]);
}

function complaintsOf(
  { text, field, fallback }: BulkVariable,
  wanted: TemplateVariable | undefined,
  customKeys: ReadonlySet<string>,
  at: (field: string, code: string, message: string) => FieldError,
): FieldError[] {
  const found: FieldError[] = [];
  if (!wanted) found.push(at('name', 'no_such_variable', 'the template has no such variable'));
  if ((text === undefined) === (field === undefined))
    found.push(at('text', 'text_or_field', 'a variable is either a text or a field'));
  if (text !== undefined && fallback !== undefined)
    found.push(at('fallback', 'not_with_text', 'a text needs no fallback'));
  if (field !== undefined && !isField(field, customKeys))
    found.push(at('field', 'no_such_field', 'contacts have no such field'));
  for (const [name, value] of Object.entries({ text, fallback })) {
    const problem = wanted && value !== undefined ? valueProblem(wanted, value) : null;
    if (problem) found.push(at(name, problem.code, problem.message));
  }
  return found;
}

function isField(field: string, customKeys: ReadonlySet<string>): boolean {
  const key = customKeyOf(field);
  return key === undefined ? (CONTACT_VARIABLES as readonly string[]).includes(field) : customKeys.has(key);
}
