// docs/commands.md, from what the commands say of themselves: the same words
// that `vpr COMMAND --help` prints. scripts/docs.js writes it and compares it.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';

/** The page as Markdown. */
export async function commandsPage() {
  const config = await Config.load({ root: fileURLToPath(new URL('..', import.meta.url)) });
  const files = readdirSync(new URL('../dist/src/commands', import.meta.url), { recursive: true }).filter((name) => name.endsWith('.js'));
  if (files.length !== config.commands.length) throw new Error(`${files.length} commands, but only ${config.commands.length} of them load`);
  const commands = [...config.commands].sort(byId).map((command) => describe(command, config));
  return `# Commands

<!-- Made from src/commands by scripts/docs.js. Do not edit. -->

Every command takes \`--json\`, for programs, and \`--help\`. It exits with 0 where all is well, with 1 where it found
problems, and with 2 where it could not run.

| command | what it does |
|---|---|
${commands.map(({ name, summary }) => `| [\`vpr ${name}\`](#vpr-${name.replaceAll(' ', '-')}) | ${cell(summary)} |`).join('\n')}
${commands.map(section).join('')}`;
}

function describe(command, config) {
  const name = command.id.replaceAll(':', ' ');
  const fill = (text) => text.replaceAll('<%= config.bin %>', config.bin).replaceAll('<%= command.id %>', name);
  return {
    name,
    summary: fill(command.summary ?? ''),
    description: fill(command.description ?? ''),
    args: Object.entries(command.args).map(([key, arg]) => ({
      name: key.toUpperCase(),
      text: arg.description ?? '',
      required: arg.required,
    })),
    flags: Object.values(command.flags).filter(({ name: flag, hidden }) => flag !== 'json' && hidden !== true),
    examples: (command.examples ?? []).map((example) => fill(typeof example === 'string' ? example : example.command)),
  };
}

function section({ name, summary, description, args, flags, examples }) {
  const usage = [
    'vpr',
    name,
    ...args.map((arg) => (arg.required ? arg.name : `[${arg.name}]`)),
    ...(flags.length > 0 ? ['[FLAGS]'] : []),
  ].join(' ');
  const rows = [
    ...args.map((arg) => `| \`${arg.name}\` | ${cell(arg.text)} |`),
    ...flags.map((flag) => `| \`${cell(flagName(flag))}\` | ${cell(flagText(flag))} |`),
  ];
  return [
    `\n## vpr ${name}\n\n${summary}\n`,
    description === '' ? '' : `\n${description}\n`,
    `\n\`\`\`text\n${usage}\n\`\`\`\n`,
    rows.length === 0 ? '' : `\n| | |\n|---|---|\n${rows.join('\n')}\n`,
    examples.length === 0 ? '' : `\n\`\`\`text\n${examples.join('\n')}\n\`\`\`\n`,
  ].join('');
}

function flagName(flag) {
  const long = flag.type === 'boolean' && flag.allowNo ? `--[no-]${flag.name}` : `--${flag.name}`;
  const value = flag.type === 'boolean' ? '' : ` ${flag.options?.join('|') ?? flag.helpValue ?? 'VALUE'}`;
  return `${flag.char ? `-${flag.char}, ` : ''}${long}${value}`;
}

function flagText({ description = '', required, multiple, default: fallback }) {
  const notes = [
    ...(required ? ['required'] : []),
    ...(multiple ? ['may repeat'] : []),
    ...(fallback === undefined || typeof fallback === 'function' || fallback === false ? [] : [`default: ${fallback}`]),
  ];
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

function byId(one, other) {
  return one.id < other.id ? -1 : 1;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
