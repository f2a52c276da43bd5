import * as http from 'node:http';
import * as https from 'node:https';
import { neverSent } from '../never-sent';

/** Meta answered with an error. Its message stays behind: it quotes numbers, and tokens. */
export class GraphRefusal extends Error {
  constructor(
    readonly status: number,
    /** See `graph-errors.ts`; undefined when the answer is not Meta's own. */
    readonly code?: number,
    readonly retryAfterSeconds?: number,
  ) {
    super('the provider answered with an error');
    this.name = 'GraphRefusal';
  }
}

/** There was no answer that can be read. The cause stays behind: it holds the request, with token and text. */
export class GraphSilence extends Error {
  constructor(
    /** True when the request cannot have reached Meta. */
    readonly neverSent: boolean,
  ) {
    super('the provider did not answer');
    this.name = 'GraphSilence';
  }
}

export type GraphAnswer = Readonly<Record<string, unknown>>;

/** Where a request goes, with which token, and what it says. */
export interface GraphRequest {
  /** Below the configured address, its parts escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly token: string;
  /** Makes it a POST. */
  readonly body?: object;
}

/** A page of a hundred templates is far below. */
const MAX_ANSWER_BYTES = 8_388_608;

/**
 * A small client of Meta's Graph API: a bound on the whole call, connections that are kept, no redirects, no retries (they
 * would hide from us what was sent), and errors that can be logged.
 */
export class GraphHttp {
  private readonly agent: http.Agent;
  private readonly base: URL;

  constructor(
    baseUrl: string,
    private readonly timeoutMs: number,
  ) {
    this.base = new URL(baseUrl);
    const kept = { keepAlive: true, maxSockets: 100, maxFreeSockets: 100 };
    this.agent = this.base.protocol === 'https:' ? new https.Agent(kept) : new http.Agent(kept);
  }

  /** Throws {@link GraphRefusal} and {@link GraphSilence}, and nothing else. */
  async request({ path, query = {}, token, body }: GraphRequest): Promise<GraphAnswer> {
    const url = new URL(`${this.base.href.replace(/\/$/, '')}${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    try {
      return answerOf(await this.call(url, token, body));
    } catch (error) {
      if (error instanceof GraphRefusal) throw error;
      throw new GraphSilence(neverSent(error));
    }
  }

  /** Closes the connections that wait to be used again. */
  close(): void {
    this.agent.destroy();
  }

  private call(url: URL, token: string, body: object | undefined): Promise<RawAnswer> {
    const { request } = this.base.protocol === 'https:' ? https : http;
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const outgoing = request(url, {
        method: text === undefined ? 'GET' : 'POST',
        agent: this.agent,
        signal: AbortSignal.timeout(this.timeoutMs),
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => void read(response).then(resolve, reject));
      outgoing.end(text);
    });
  }
}

interface RawAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

async function read(response: http.IncomingMessage): Promise<RawAnswer> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    pieces.push(piece);
  }
  const { statusCode = 0, headers } = response;
  return { status: statusCode, retryAfter: headers['retry-after'], body: Buffer.concat(pieces) };
}

/** A good answer that is no JSON object is as good as none. */
function answerOf({ status, retryAfter, body }: RawAnswer): GraphAnswer {
  const answer = objectOf(body);
  if (status < 200 || status >= 300) {
    const { code } = (answer?.['error'] ?? {}) as { code?: unknown };
    const seconds = Number(retryAfter);
    throw new GraphRefusal(
      status,
      typeof code === 'number' ? code : undefined,
      Number.isInteger(seconds) && seconds > 0 ? seconds : undefined,
    );
  }
  if (!answer) throw new Error('not an answer of the provider');
  return answer;
}

function objectOf(body: Buffer): GraphAnswer | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString());
    return typeof parsed === 'object' && parsed !== null ? (parsed as GraphAnswer) : undefined;
  } catch {
    return undefined;
  }
}
