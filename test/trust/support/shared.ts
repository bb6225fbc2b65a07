/** The shared vectors and outside programs: where they are, or why a test is skipped. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** A path among the shared vectors, beside the project. */
export function vectors(...path: readonly string[]): string {
  return resolve(process.cwd(), '..', 'shared', 'vectors', ...path);
}

/** For tap: runs where the vectors are present, else says that they are not. */
export function needsVectors(...path: readonly string[]): { skip: false | string } {
  return { skip: existsSync(vectors(...path)) ? false : `../shared/vectors/${path.join('/')} is absent` };
}

/** For tap: runs where the program does, else names the package that has it. */
export function needsProgram(program: string, aptPackage: string): { skip: false | string } {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return { skip: false };
  } catch {
    try {
      execFileSync(program, ['version'], { stdio: 'ignore' });
      return { skip: false };
    } catch {
      return { skip: `${program} is absent: apt-get install ${aptPackage}` };
    }
  }
}
