/** Words for a POSIX shell: commands that help names are to be pasted as they stand. */

/** A word as a shell reads it back, whatever it contains; plain where nothing needs quoting. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The words of a command line. */
export function commandLine(...words: readonly string[]): string {
  return words.map(shellWord).join(' ');
}
