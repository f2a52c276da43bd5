import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module';
import { loadConfig, type Config } from './common/config';
import { httpAdapter, prepareHttp } from './common/http';
import { Log, NestLog } from './common/logging';
import { serveOpenApi } from './common/openapi';
import { keepHeapSmall } from './heap';

/** A server that answers. */
export interface RunningServer {
  readonly app: NestFastifyApplication;
  /** Where it listens. */
  readonly url: string;
  /** Lets requests and jobs finish, then closes everything. */
  stop(): Promise<void>;
}

/** Builds the program without listening. A test brings its own log, and parts of its own beside the program. */
export async function createApp(
  config: Config,
  log = new Log(config.logLevel),
  root: DynamicModule = AppModule.with(config, log),
): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(root, httpAdapter(config, log), {
    logger: new NestLog(log),
    bodyParser: false,
    abortOnError: false,
  });
  app.setGlobalPrefix('api/v1', { exclude: ['health/live', 'health/ready', 'metrics'] });
  await prepareHttp(app, config);
  serveOpenApi(app);
  return app;
}

/**
 * Starts the server that `env` describes. Throws a ConfigError for a wrong environment, and what the system says when the
 * port is taken or the database cannot be reached.
 */
export async function startServer(env: NodeJS.ProcessEnv): Promise<RunningServer> {
  keepHeapSmall();
  const config = loadConfig(env);
  const app = await createApp(config);
  try {
    await app.listen(config.http.port, config.http.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return { app, url: await app.getUrl(), stop: () => app.close() };
}
