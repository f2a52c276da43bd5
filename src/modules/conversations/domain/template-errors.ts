import { Conflict, Invalid, NotFound, type FieldError } from '../../../common/errors';

/** Absent, or another organization's. */
export class TemplateNotFound extends NotFound {
  readonly code = 'template_not_found';
  constructor() {
    super('There is no template with this id.');
  }
}

/** The template that a message names is absent, or another organization's. */
export class UnknownTemplate extends Invalid {
  readonly code = 'unknown_template';
  constructor() {
    const message = 'There is no template with this id.';
    super(message, { fields: [{ field: 'template.id', code: 'unknown_template', message }] });
  }
}

/** What was given does not make a template; each thing that is wrong is told. */
export class TemplateInvalid extends Invalid {
  readonly code = 'template_invalid';
  constructor(fields: readonly FieldError[]) {
    super('This is not a template that can be sent.', { fields });
  }
}

/** Another text template has this name in this language. */
export class TemplateNameTaken extends Conflict {
  readonly code = 'template_name_taken';
  constructor() {
    const message = 'Another template has this name in this language.';
    super(message, { fields: [{ field: 'name', code: 'template_name_taken', message }] });
  }
}

/** A template of a provider is written there: here it is switched off and on, and its purpose made stricter. */
export class TemplateHeldByProvider extends Conflict {
  readonly code = 'template_held_by_provider';
  constructor() {
    super('The provider holds this template: what it says is changed there, and it is deleted there first.');
  }
}

/** The provider files the template under marketing: nothing else makes it transactional. */
export class TemplatePurposeTooLax extends Invalid {
  readonly code = 'template_purpose_too_lax';
  constructor() {
    const message = 'The provider holds this template as marketing, and so it stays.';
    super(message, { fields: [{ field: 'consentPurpose', code: 'template_purpose_too_lax', message }] });
  }
}

abstract class TemplateNotSendable extends Invalid {
  constructor(code: string, message: string) {
    super(message, { fields: [{ field: 'template.id', code, message }] });
  }
}

/** The provider has not approved the template, or no longer. */
export class TemplateNotApproved extends TemplateNotSendable {
  readonly code = 'template_not_approved';
  constructor() {
    super('template_not_approved', 'The provider has not approved this template.');
  }
}

/** A member switched the template off, or it is gone at the provider. */
export class TemplateNotActive extends TemplateNotSendable {
  readonly code = 'template_not_active';
  constructor() {
    super('template_not_active', 'This template is switched off.');
  }
}

/** The template is held by another account than that of the conversation's number. */
export class TemplateOfAnotherAccount extends TemplateNotSendable {
  readonly code = 'template_of_another_account';
  constructor() {
    super(
      'template_of_another_account',
      'This template belongs to another account than the number of the conversation.',
    );
  }
}

/** Templates of a provider are approved for WhatsApp alone. */
export class TemplateNotForChannel extends TemplateNotSendable {
  readonly code = 'template_not_for_channel';
  constructor() {
    super('template_not_for_channel', 'This template can be sent on WhatsApp alone.');
  }
}

/** Values are missing, unknown, or not what the template declares. Fields are `variables.<name>`. */
export class TemplateVariablesInvalid extends Invalid {
  readonly code = 'template_variables_invalid';
  constructor(fields: readonly FieldError[]) {
    super('Some variables are not right.', { fields });
  }
}
