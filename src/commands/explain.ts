import { Args } from '@oclif/core';
import { VprCommand } from '../cli/base.js';
import { ruleData, ruleWords } from '../cli/rule-words.js';
import { VprError } from '../errors.js';
import { RULES, ruleOf } from '../validators/index.js';

export default class Explain extends VprCommand {
  static override summary = 'What a rule wants, why it exists, and what it refuses; without one, all rules.';
  static override examples = ['<%= config.bin %> explain thread/append-only', '<%= config.bin %> explain'];
  static override args = {
    rule: Args.string({ name: 'RULE', required: false, ignoreStdin: true, description: "a rule's id, as a refusal names it" }),
  };

  async run() {
    const { args } = await this.parse(Explain);
    if (args.rule === undefined) {
      const width = Math.max(...RULES.map(({ id }) => id.length));
      this.say(...RULES.map(({ id, statement }) => `${id.padEnd(width)}  ${statement}`));
      return { rules: RULES.map(ruleData) };
    }
    const rule = ruleOf(args.rule);
    if (rule === undefined) {
      const near = RULES.filter(({ id }) => id.startsWith(`${args.rule?.split('/')[0]}/`) || id.endsWith(`/${args.rule}`));
      throw new VprError('explain/unknown', `there is no rule ${args.rule}`, {
        help: [...near.map(({ id }) => `vpr explain ${id}`), 'all of them: vpr explain'],
      });
    }
    this.say(...ruleWords(rule));
    return { rules: [ruleData(rule)] };
  }
}
