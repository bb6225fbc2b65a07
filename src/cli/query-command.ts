import type { Answer } from '../projections/index.js';
import { VprCommand } from './base.js';
import type { Checked } from './query-run.js';
import { standingWords } from './query-words.js';

/** A command that reads a host's projection. */
export abstract class QueryCommand extends VprCommand {
  // Said again: oclif's help looks for what classes inherit no further than the first that says nothing itself.
  static override enableJsonFlag = true;

  /** Prints an answer, and what it stands on; its exit code is 1 where signatures were looked at, and one is not good. */
  protected answered<T extends Answer<unknown> & Checked>(answer: T, lines: readonly string[]): T {
    this.say(lines, standingWords(answer, this.host ?? ''));
    if (answer.signatures?.good === false) this.problemsFound();
    return answer;
  }
}
