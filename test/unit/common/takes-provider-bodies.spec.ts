import { Controller, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Conflict } from '../../../src/common/errors';
import { Route, TakesProviderBodies, type RouteOptions } from '../../../src/common/http';
import { ProblemFilter } from '../../../src/common/http/problem.filter';
import { receiveFromProviders } from '../../../src/common/http/takes-provider-bodies';
import { Log } from '../../../src/common/logging';

class Refused extends Conflict {
  readonly code = 'refused';
}

function receiver(options: object): Type {
  @Controller('webhook')
  class Receiver {
    private readonly answer = 'taken in';

    @TakesProviderBodies()
    @Route.post('', { summary: 'Take in', status: 200, errors: [], ...options } as RouteOptions & {
      errors: [];
    })
    async take({ query }: FastifyRequest): Promise<string> {
      if ((query as { refuse?: string }).refuse) throw new Refused('Not that.');
      return this.answer;
    }
  }
  return Receiver;
}

async function serve(options: object): Promise<NestFastifyApplication> {
  @Module({
    controllers: [receiver(options)],
    providers: [ProblemFilter, { provide: Log, useValue: new Log('silent') }],
  })
  class App {}
  const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), {
    logger: false,
    abortOnError: false,
  });
  receiveFromProviders(app);
  await app.init();
  return app;
}

describe('a route that takes what providers post', () => {
  test('is handed the request, and its errors are problems', async () => {
    const app = await serve({ public: true });
    const taken = await app.inject({ method: 'POST', url: '/webhook' });
    expect([taken.statusCode, taken.body]).toEqual([200, 'taken in']);
    const refused = await app.inject({ method: 'POST', url: '/webhook?refuse=yes' });
    expect([refused.statusCode, refused.headers['content-type']]).toEqual([
      409,
      expect.stringContaining('application/problem+json'),
    ]);
    expect(refused.json()).toMatchObject({ code: 'refused', detail: 'Not that.' });
    await app.close();
  });

  test.each([
    ['with a permission', { permission: 'contacts.read' }],
    ['with a limit', { public: true, limit: 'address' }],
  ])('is refused at the start %s, which nothing would ask for', async (_name, options) => {
    await expect(serve(options)).rejects.toThrow('must be public and without a limit');
  });
});
