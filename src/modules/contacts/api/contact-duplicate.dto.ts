/** One contact of a pair. */
export class DuplicateMemberDto {
  /** @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  id!: string;
  /** @example "Dana Weber" */
  name!: string | null;
  /** E.164. @example "+4915112345678" */
  phone!: string | null;
  /** @example "dana@example.com" */
  email!: string | null;
}

/** Two contacts who may be one person. */
export class ContactDuplicateDto {
  /** The pair's own id. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0d4" */
  id!: string;
  /** How likely it is, 1 to 100. @example 90 */
  score!: number;
  /** What speaks for it: `same_email`, `similar_phone`, `similar_name`. @example ["same_email","similar_name"] */
  reasons!: string[];
  /** The older of the two. */
  contact!: DuplicateMemberDto;
  /** The younger one. */
  other!: DuplicateMemberDto;
}
