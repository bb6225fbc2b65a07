/** What may stand in the names of a certificate that this toolkit issues (FORMAT §6 "Signer", §8; RFC 5280 appendix A.1). */
import { VprError } from '../errors.js';
import { describeCharacter, forbiddenCharacter, isTrimmedLine } from '../format/index.js';
import type { Registration } from '../trust/index.js';

/** Upper bound of common names, organisations and serial numbers in RFC 5280. */
const LONGEST = 64;

/** The name of a certificate authority: one trimmed line. Throws `cert/name`. */
export function checkTitle(name: string): string {
  return refuseName(lineFault(name), name);
}

/** A holder's name: one trimmed line that Git keeps as it is. Throws `cert/name`. */
export function checkName(name: string): string {
  return refuseName(lineFault(name) ?? gitFault(name), name);
}

function refuseName(fault: string | undefined, name: string): string {
  if (fault === undefined) return name;
  throw new VprError('cert/name', `--name: ${fault}`, {
    help: ['give the name as it shall stand under every message, for example "Dr Jane Smith"'],
  });
}

function lineFault(name: string): string | undefined {
  const forbidden = forbiddenCharacter(name);
  if (forbidden !== undefined) return `the name holds ${describeCharacter(forbidden.codePoint)}, which no record may`;
  if (/[\t\u2028\u2029]/.test(name) || !isTrimmedLine(name)) return 'the name is not one line of text without blanks at its ends';
  return [...name].length > LONGEST ? `the name is longer than ${LONGEST} characters` : undefined;
}

function gitFault(name: string): string | undefined {
  if (/[<>]/.test(name)) return 'the name has "<" or ">", which Git removes from names';
  if (/^[.,:;"\\']|[.,:;"\\']$/.test(name)) return 'the name begins or ends with one of . , : ; " \\ \', which Git removes from names';
  return undefined;
}

/** A registration authority, such as `GMC`. Throws `cert/authority`. */
export function checkAuthority(authority: string): string {
  if (/^[A-Za-z0-9.-]+$/.test(authority) && authority.length <= LONGEST) return authority;
  throw new VprError('cert/authority', `--authority: ${JSON.stringify(authority)} is not a name of letters, digits, "." and "-"`, {
    help: ['for example --authority GMC'],
  });
}

/** A registration number. Narrower than what is read, so that it stands unescaped in a URI and a PrintableString. Throws `cert/number`. */
export function checkNumber(number: string): string {
  if (/^[A-Za-z0-9'()+,.:=-]+$/.test(number) && number.length <= LONGEST) return number;
  throw new VprError('cert/number', `--number: ${JSON.stringify(number)} is not a number of letters, digits and ' ( ) + , - . : =`, {
    help: ['for example --number 1234567'],
  });
}

/** `GMC 1234567` as given to `--registration`. Throws `cert/registration`. */
export function parseRegistration(text: string): Registration {
  const parts = text.split(' ');
  if (parts.length !== 2) {
    throw new VprError('cert/registration', `--registration: ${JSON.stringify(text)} is not an authority, one blank and a number`, {
      help: ['for example --registration "NMC 76A5432E"'],
    });
  }
  return { authority: checkAuthority(parts[0] ?? ''), number: checkNumber(parts[1] ?? '') };
}

/** An e-mail address that Git and a certificate can both hold: ASCII, one `@`. Throws `cert/email`. */
export function checkEmail(email: string): string {
  if (/^[A-Za-z0-9!#$%&*+/=?^_{|}~-][A-Za-z0-9!#$%&*+/=?^_{|}~.-]*@[A-Za-z0-9][A-Za-z0-9.-]*$/.test(email) && email.length <= 254)
    return email;
  throw new VprError('cert/email', `--email: ${JSON.stringify(email)} is not an e-mail address`, {
    help: ['for example --email jane.smith@example.org'],
  });
}

/** A file name made from a holder's name: `dr-jane-smith`; `holder` where nothing of it is ASCII. */
export function fileNameOf(name: string): string {
  const ascii = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  return ascii.replace(/^-|-$/g, '') || 'holder';
}
