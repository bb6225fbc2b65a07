/** The shared vectors and outside programs: where they are, or why a test is skipped. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

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
  const places = (process.env['PATH'] ?? '').split(delimiter);
  return { skip: places.some((place) => isProgram(join(place, program))) ? false : `${program} is absent: apt-get install ${aptPackage}` };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
