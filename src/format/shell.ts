/** A word as a POSIX shell reads it back, whatever it contains; plain where nothing needs quoting. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
