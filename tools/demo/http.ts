import { OperatorError } from '../embedded';

const LIMIT_MS = 20_000;

/** What was answered: the body as JSON where it is, else as text. */
export interface Answer<Body = unknown> {
  readonly status: number;
  readonly body: Body;
}

/** A request; an object as body goes as JSON, text as it is. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object | string;
}

/** Calls over real HTTP. Throws an OperatorError, naming `who` does not answer; a status is never an error. */
export async function call<Body>(
  who: string,
  url: string,
  { method = 'GET', headers = {}, body }: Call = {},
): Promise<Answer<Body>> {
  try {
    const answer = await fetch(url, {
      method,
      headers: typeof body === 'object' ? { 'content-type': 'application/json', ...headers } : headers,
      ...(body === undefined ? {} : { body: typeof body === 'object' ? JSON.stringify(body) : body }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return { status: answer.status, body: parsed(await answer.text()) as Body };
  } catch (error) {
    throw new OperatorError(`${who} does not answer at ${new URL(url).origin}: is npm start running?`, {
      cause: error,
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
