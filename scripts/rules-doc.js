// docs/rules.md, from the rules themselves: the same words that `vpr explain`
// prints. scripts/docs.js writes it and compares it.
import { FORMAT_VERSION, RULES } from '../dist/src/validators/index.js';

const NEEDS = {
  record: "the host's registry",
  trust: "the host's trusted certificates",
  signer: 'a commit whose signature and certificate count',
};

/** The page as Markdown. */
export function rulesPage() {
  return `# Rules

<!-- Made from src/validators/rules by scripts/docs.js. Do not edit. -->

What a host refuses, in the order it looks: ${RULES.length} rules, of version ${FORMAT_VERSION} of the record format. \`vpr explain RULE\`
prints the same text. A host's \`vpr.yaml\` sets a rule to \`error\` (what every rule is, unless said otherwise), \`warn\` or
\`off\`; it may not name those marked *fixed*, by which other rules go. Those marked *protects* guard history itself:
\`vpr doctor\` says so wherever one is not an \`error\`.

Each rule's two examples are run by \`test/validators/rules.test.ts\`: the first is refused under the rule's id, the second
is accepted.

| rule | what must hold | |
|---|---|---|
${RULES.map((rule) => `| [\`${rule.id}\`](#${anchor(rule.id)}) | ${cell(rule.statement)} | ${marks(rule)} |`).join('\n')}
${RULES.map(section).join('')}`;
}

function section(rule) {
  const { id, statement, why, section: source, since, refuses, accepts, needs = [] } = rule;
  const lines = [
    `Refused: ${refuses.title}.`,
    `Accepted: ${accepts.title}.`,
    `Source: FORMAT ${source}; in force since version ${since}.`,
    ...(needs.length > 0 ? [`Needs ${needs.map((need) => NEEDS[need]).join(' and ')}.`] : []),
    ...(rule.fixed ? ['Fixed: a host cannot loosen it, since other rules go by what it guarantees.'] : []),
    ...(rule.protects ? ['Protects history itself.'] : []),
  ];
  return `\n## ${id}\n\n${statement}.\n\n${why}\n\n${lines.map((line) => `- ${line}\n`).join('')}`;
}

function marks({ fixed, protects }) {
  return [...(fixed ? ['fixed'] : []), ...(protects ? ['protects'] : [])].join(', ');
}

/** A heading's anchor as GitHub, Gitea and GitLab make it. */
function anchor(id) {
  return id.replace('/', '');
}

function cell(text) {
  return text.replaceAll('|', '\\|');
}
