import { Command, Errors } from '@oclif/core';
import { codeOf, VprError } from '../errors.js';
import { shellWord } from '../format/shell.js';
import { printable } from '../format/text.js';

/** Exit codes of every command: nothing wrong, problems found, could not run. */
export const EXIT = { ok: 0, problems: 1, couldNotRun: 2 } as const;

/**
 * What every command of `vpr` shares: `--json`, errors with a code and what to
 * do next, and the exit codes 0 / 1 (problems) / 2 (could not run).
 *
 * A command's `run()` returns the object that `--json` prints, prints for
 * people with `say()`, and calls `problemsFound()` where the exit code is 1.
 */
export abstract class VprCommand extends Command {
  static override enableJsonFlag = true;

  /** The host's directory, as soon as a command knows it: help that calls it `DIR`, for want of it, is told with it. */
  protected host: string | undefined;

  /** As it is, whatever its size: oclif's own colours it, which of a string of some megabytes it can't. */
  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }

  /** Prints lines for people; silent under `--json`. Many come as an array: more than some 100,000 arguments are no call. */
  protected say(...lines: readonly (string | readonly string[])[]): void {
    for (const some of lines) for (const line of typeof some === 'string' ? [some] : some) this.log('%s', line);
  }

  /** Ends what a person reads with what to type next; silent under `--json`. */
  protected sayNext(...commands: readonly string[]): void {
    if (commands.length > 0) this.say('', 'next:', ...commands.map((command) => `  ${command}`));
  }

  /** The command ran and found problems: exit code 1, whatever is printed. */
  protected problemsFound(): void {
    process.exitCode = EXIT.problems;
  }

  /** Everything thrown means "could not run": exit code 2, in words or as JSON. */
  protected override async catch(error: Error & { exitCode?: number }): Promise<void> {
    if (error instanceof Errors.ExitError) throw error;
    process.exitCode = EXIT.couldNotRun;
    if (this.jsonEnabled()) {
      this.logJson(this.toErrorJson(error));
      return;
    }
    if (error instanceof Errors.CLIError) throw error; // a typing mistake: oclif shows the usage and exits 2
    for (const line of errorLines(error instanceof VprError ? withHost(error, this.host) : error)) this.logToStderr('%s', line);
  }

  protected override toErrorJson(error: unknown): { error: { code: string; message: string; help: readonly string[] } } {
    if (error instanceof VprError) {
      const { code, message, help } = withHost(error, this.host);
      return { error: { code, message, help } };
    }
    const message = error instanceof Error ? error.message : String(error);
    return { error: { code: kindOf(error), message, help: [] } };
  }
}

/** Of an error of ours, help whose lines can be copied. */
function withHost(error: VprError, host: string | undefined): VprError {
  if (host === undefined) return error;
  const help = error.help.map((line) => line.replaceAll(/\bDIR\b/g, () => shellWord(host)));
  return new VprError(error.code, error.message, { cause: error.cause, help });
}

/** What a person reads of an error: what went wrong, then what to do. A fault of ours keeps its stack. */
export function errorLines(error: unknown): string[] {
  if (error instanceof VprError) {
    return [`error ${error.code}: ${printable(error.message)}`, ...error.help.map((line) => `  help: ${printable(line)}`)];
  }
  if (error instanceof Error && 'syscall' in error) return [`error ${kindOf(error)}: ${printable(error.message)}`];
  return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
}

function kindOf(error: unknown): string {
  return error instanceof Errors.CLIError ? 'usage' : (codeOf(error) ?? 'internal');
}
