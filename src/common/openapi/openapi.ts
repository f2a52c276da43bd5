import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { ProblemDto } from '../http';
import { describeHeaders } from './headers';
import { sharpenTypes } from './types';

const DESCRIPTION = `The front office of a service business.

Sign in at \`POST /api/v1/auth/sign-in\` and pass the access token as \`Authorization: Bearer …\`, or pass an API key the
same way. Errors are RFC 9457 problem+json. Lists are paged by \`cursor\`. What has a version is answered with it as
\`ETag\`, to be sent back as \`If-Match\`. Requests that create or send take an \`Idempotency-Key\`. This document is at \`/docs/openapi.json\`.`;

/** The OpenAPI document of the whole API. */
export function openApiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Frontdesk')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `accessToken` of a sign-in.' },
      'accessToken',
    )
    .addSecurity('apiKey', { type: 'http', scheme: 'bearer', description: 'An API key, `fd_…`.' })
    .addTag('Authentication')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    extraModels: [ProblemDto],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  sharpenTypes(document);
  leaveFiltersEmpty(document);
  describeHeaders(document);
  return document;
}

/**
 * Swagger UI fills a form with the examples it finds: an example cursor or filter would make the first try of every list
 * fail or find nothing. For what may be left out the example stands in the description.
 */
function leaveFiltersEmpty({ paths }: OpenAPIObject): void {
  for (const operation of Object.values(paths).flatMap((path) => [path.get, path.delete]))
    for (const parameter of operation?.parameters ?? []) {
      if ('$ref' in parameter || parameter.in !== 'query' || parameter.required) continue;
      const schema = parameter.schema as { example?: unknown; default?: unknown } | undefined;
      const example: unknown = parameter.example ?? schema?.example;
      delete parameter.example;
      delete schema?.example;
      if (example !== undefined && schema?.default === undefined)
        parameter.description =
          `${parameter.description ?? ''} Such as \`${JSON.stringify(example)}\`.`.trim();
    }
}

/** Serves Swagger UI at /docs and the document at /docs/openapi.json. */
export function serveOpenApi(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    yamlDocumentUrl: 'docs/openapi.yaml',
    customSiteTitle: 'Frontdesk API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true },
  });
}
