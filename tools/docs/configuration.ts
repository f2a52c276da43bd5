import { writeFileSync } from 'node:fs';
import { REQUIRED_VARIABLES, VARIABLES, type Variable } from '../../src/common/config';

const FILE = 'docs/configuration.md';

const INTRODUCTION = `# Configuration

Everything is set by environment variables. \`npm start\`, \`npm run demo\`, \`npm run db:url\` and \`npm run migration:*\` also read a \`.env\` file in the working directory; the environment wins over it. \`npm run start:server\`, which a container runs, reads the environment alone. A wrong or missing setting stops the program with a line that names the variable and what is expected, never its value. An empty variable counts as absent.

This page is written by \`npm run docs:config\` from \`src/common/config/variables.ts\`.
`;

function fallbackText({ fallback, defaultText }: Variable<unknown>): string {
  if (defaultText !== undefined) return defaultText;
  return fallback === undefined ? 'none' : `\`${fallback as string | number}\``;
}

const SOMETIMES: Readonly<Record<string, string>> = {
  DATABASE_URL: 'in production',
  PUBLIC_URL: 'in production',
  SMTP_URL: 'in production, or `MAIL_DIR`',
  MAIL_DIR: 'in production, or `SMTP_URL`',
  MAIL_FROM: 'with `SMTP_URL`',
};

/** When it must be given; what the launcher makes for its own database need not be. */
function requirement(name: string): string {
  if (Object.hasOwn(SOMETIMES, name)) return SOMETIMES[name] ?? '';
  if (REQUIRED_VARIABLES.some((required) => required === name))
    return 'with `DATABASE_URL`, and in production';
  return 'no';
}

function row([name, variable]: [string, Variable<unknown>]): string {
  const secret = variable.secret ? ' **Secret.**' : '';
  return `| \`${name}\` | ${variable.describe}${secret} | ${fallbackText(variable)} | ${requirement(name)} |`;
}

/** The page on configuration, from the table that the program itself reads. */
export function configurationPage(): string {
  const rows = (Object.entries(VARIABLES) as [string, Variable<unknown>][]).map(row);
  return [
    INTRODUCTION,
    '| name | what | default | required |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}

/** Writes the page. */
export function writeConfigurationPage(): void {
  writeFileSync(FILE, configurationPage());
}
