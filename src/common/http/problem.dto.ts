import { ApiProperty } from '@nestjs/swagger';

/** One field that is not right. */
export class ProblemFieldDto {
  /** Path into the body or query. @example "address" */
  field!: string;
  /** Stable name of the rule that the field breaks. @example "isPhoneNumber" */
  code!: string;
  /** What is expected. @example "address must be a phone number in E.164 form" */
  message!: string;
}

/** An error, as RFC 9457 `application/problem+json`. */
export class ProblemDto {
  /** Always `about:blank`: the code below names the problem. @example "about:blank" */
  type!: string;
  /** The status in words. @example "Not Found" */
  title!: string;
  /** The HTTP status. @example 404 */
  status!: number;
  /** What is wrong, for people. @example "There is no such conversation." */
  detail!: string;
  /** What is wrong, for programs; stable. @example "conversation_not_found" */
  code!: string;
  /** Id of the request, to quote to the operator. @example "0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1" */
  requestId!: string;
  /** The fields that are not right, where fields are what is wrong. */
  errors?: ProblemFieldDto[];
  /** Ids of what stands in the way or was there instead, by name. @example {"contactId":"0199a1b2-7c3d-7e4f-8a5b-6c7d8e9fa0b1"} */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', format: 'uuid' } })
  related?: Readonly<Record<string, string>>;
}
