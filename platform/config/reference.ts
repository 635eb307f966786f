import { allowed } from './load.ts';
import { ConfigSchema, environmentName, settings } from './schema.ts';

/** The reference page, docs/CONFIGURATION.md. */
export function referencePage(): string {
  const sections = ConfigSchema.properties as unknown as Record<string, { description: string }>;
  const parts = Object.entries(sections).map(([section, { description }]) => {
    const rows = settings()
      .filter(({ path }) => path[0] === section)
      .map((setting) => {
        const { name, schema } = setting;
        const cell = (text: string) => text.replaceAll('|', '\\|');
        return `| \`${name}\` | \`${environmentName(setting)}\` | \`${JSON.stringify(schema.default)}\` | ${cell(allowed(setting))} | ${cell(schema.description ?? '')} |`;
      });
    return `## ${description}\n\n| setting | environment | default | allowed | what |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `# Configuration

Written by \`npm run docs\` from \`platform/config/schema.ts\`.

Flag > environment > file > default. A flag is \`--name=value\` or \`--name value\` after \`npm start --\`. A file is
\`dunlin.config.json\` where Dunlin is started, or the one that \`--config\` or \`DUNLIN_CONFIG\` names: an object of
sections, \`{"mqtt": {"port": 1884}}\`. Every variable has a twin with \`_FILE\` at its end that names a file holding the
value. \`npx dunlin config check\` checks, \`config print\` shows what is in force and where it came from.

${parts.join('\n')}`;
}
