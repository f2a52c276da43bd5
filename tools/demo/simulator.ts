import { call } from './http';

/** Calls a simulator's control API. */
export async function control<Body>(
  who: string,
  url: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<Body> {
  const answer = await call<Body & { message?: string }>(who, `${url}/simulator/${path}`, {
    method,
    ...(body === undefined ? {} : { body }),
  });
  if (answer.status !== 200) throw new Error(`${who} refused ${path}: ${answer.body.message ?? ''}`);
  return answer.body;
}
