/**
 * What the rest of the project knows of trust: certificates as read, signers
 * as established, and what a look at one commit's signature found.
 */
import type { Fault } from '../format/fault.js';

/** What a signer may do in a record (FORMAT §3 "Who may write what"). */
export type SignerClass = 'clinician' | 'administrator' | 'patient' | 'associate' | 'system';

/** The four encodings of FORMAT §6. */
export type Encoding = 'cms' | 'cms-attributes' | 'container' | 'raw';

/** An X.501 name. `sameName` compares two. */
export interface DistinguishedName {
  readonly der: Uint8Array;
  /** Each RelativeDistinguishedName as names are compared (RFC 5280 §7.1), outermost first. */
  readonly rdns: readonly string[];
  /** Values of commonName, in order; one that is no text in a known encoding reads as ''. */
  readonly cn: readonly string[];
  /** Values of organizationName. */
  readonly o: readonly string[];
  /** Values of serialNumber (2.5.4.5): the registration number. */
  readonly serialNumber: readonly string[];
  /** Values of emailAddress (PKCS #9), which old authorities put into subjects. */
  readonly emails: readonly string[];
  /** `CN=…, O=…`, for messages; bounded, and without control characters. */
  readonly text: string;
}

/** Bits of keyUsage (RFC 5280 §4.2.1.3). */
export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'
  | 'encipherOnly'
  | 'decipherOnly';

/** One extension as it stands in the certificate. */
export interface Extension {
  /** Dotted decimal. */
  readonly oid: string;
  readonly critical: boolean;
  /** The DER inside the OCTET STRING. */
  readonly value: Uint8Array;
}

/** What kind of public key a certificate holds; `other` can verify nothing here. */
export type KeyKind = 'P-256' | 'P-384' | 'P-521' | 'RSA' | 'other';

/** An X.509 v3 certificate, read strictly from DER. Reading says nothing of trust. */
export interface Certificate {
  readonly der: Uint8Array;
  /** SHA-256 of `der`, in lowercase hex. */
  readonly fingerprint: string;
  /** tbsCertificate: what the issuer signed. */
  readonly tbs: Uint8Array;
  /** Content octets of the serial number, in lowercase hex. */
  readonly serial: string;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  /** First and last instant of validity, both inclusive. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo in DER; `publicKeyOf` makes a KeyObject of it. */
  readonly spki: Uint8Array;
  readonly keyKind: KeyKind;
  /** For an elliptic curve: the SEC1 uncompressed point (65 bytes for P-256). */
  readonly point?: Uint8Array;
  /** Dotted OID of the algorithm the issuer signed with. */
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly extensions: readonly Extension[];
  /** basicConstraints cA. */
  readonly isCa: boolean;
  /** basicConstraints pathLenConstraint. */
  readonly pathLength?: number;
  /** Absent where the certificate has no keyUsage. */
  readonly keyUsage?: readonly KeyUsage[];
  /** Dotted OIDs; absent where the certificate has no extKeyUsage. */
  readonly extKeyUsage?: readonly string[];
  /** URIs of subjectAltName, in order. */
  readonly uris: readonly string[];
  /** rfc822Names of subjectAltName, in order. */
  readonly emails: readonly string[];
  readonly subjectKeyId?: Uint8Array;
  readonly authorityKeyId?: Uint8Array;
}

/** CRLReason (RFC 5280 §5.3.1) of a complete list. */
export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'cACompromise'
  | 'affiliationChanged'
  | 'superseded'
  | 'cessationOfOperation'
  | 'certificateHold'
  | 'privilegeWithdrawn'
  | 'aACompromise';

/** One entry of a revocation list. */
export interface Revocation {
  /** When the authority revoked the certificate. */
  readonly date: Date;
  /** `unspecified` where the entry gives none. */
  readonly reason: RevocationReason;
  /** Since when the key is known or suspected to be in other hands (RFC 5280 §5.3.2). */
  readonly invalidity?: Date;
}

/** What a list is about (issuingDistributionPoint, RFC 5280 §5.2.5). Absent: everything of its issuer. */
export interface RevocationScope {
  /** Names of its distribution point, as `generalNameKey` makes them. */
  readonly names?: readonly string[];
  readonly only?: 'user' | 'authority' | 'attribute';
  /** Bits of ReasonFlags: bit 1 is keyCompromise. */
  readonly reasons?: number;
}

/** A certificate revocation list, read strictly from DER: complete, of one issuer. Reading says nothing of who signed it. */
export interface RevocationList {
  /** SHA-256 of its DER, in lowercase hex. */
  readonly fingerprint: string;
  readonly tbs: Uint8Array;
  readonly signatureAlgorithm: string;
  readonly signature: Uint8Array;
  readonly issuer: DistinguishedName;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** cRLNumber, in lowercase hex. */
  readonly number: string;
  readonly authorityKeyId?: Uint8Array;
  readonly scope: RevocationScope;
  /** expiredCertsOnCRL (X.509 §9.5.2.8): certificates that expired since then stay on the list. */
  readonly expiredSince?: Date;
  /** How many entries it has. */
  readonly size: number;
  /** The entries of a serial number (content octets in lowercase hex); none where it is not revoked. */
  readonly find: (serial: string) => readonly Revocation[];
}

/** A professional registration: `GMC`, `1234567`. Written `GMC 1234567`. */
export interface Registration {
  readonly authority: string;
  readonly number: string;
}

/** What a certificate says of its holder (FORMAT §6 "Signer"), whoever issued it. */
export interface Identity {
  /** CN, as written. Compare names by `comparableName`. */
  readonly name: string;
  /** O: the authority of the holder's own registration. */
  readonly organisation: string;
  /** The subject's own registration first, then the others of subjectAltName. */
  readonly registrations: readonly Registration[];
  readonly emails: readonly string[];
  /** Canonical UUID of `urn:uuid:`, where there is one. */
  readonly participantId?: string;
}

/** A signer the host trusts: identity, class, and where the participant id comes from. */
export interface Signer extends Identity {
  readonly class: SignerClass;
  readonly participantIdFrom?: 'certificate' | 'policy';
  readonly certificate: Certificate;
}

/**
 * Who says when a commit was received: the host, by the push itself or by its
 * journal, or only the signer, by the committer's date.
 */
export type ReceiptKnown = 'host' | 'signer';

/** What `verifyCommit` found. Good is: no faults at all, and a signer where trust was given. */
export interface Verification {
  /** Absent where there is no signature, or none of a known encoding. */
  readonly encoding?: Encoding | undefined;
  /** Faults of the signature itself: rule `commit/signature`. */
  readonly signatureFaults: readonly Fault[];
  /** Faults of who signed: rule `commit/signer`. */
  readonly signerFaults: readonly Fault[];
  /** The certificate with whose key the signature verified. */
  readonly certificate?: Certificate | undefined;
  /** Only where signature, path and identity are all good. */
  readonly signer?: Signer | undefined;
  /** The certificates that show it: the signer's first, without the root. Present where `signer` is. */
  readonly path?: readonly Certificate[] | undefined;
  /**
   * What is not known of a certificate's revocation, where it counts otherwise: no list, or none that is
   * fresh. Whether that is to be said is policy's (`Trust.revocation`).
   */
  readonly revocationFaults: readonly Fault[];
  /**
   * Set where a key on the path is revoked as compromised and only the signer
   * says when it signed: nothing can show that the commit is older (FORMAT §6).
   * `signerFaults` then say so.
   */
  readonly cannotBeShown?: true | undefined;
}

/** An authority that a root (or a single certificate) may certify, and what it stands for. */
export interface TrustedAuthority {
  readonly name: string;
  readonly class: SignerClass;
}

/** A certificate the host trusts by itself, with what it may certify. */
export interface TrustAnchor {
  readonly certificate: Certificate;
  readonly authorities: readonly TrustedAuthority[];
}

/** A single certificate the host's policy names. */
export interface ListedCertificate {
  readonly certificate: Certificate;
  /** Given: trusted by itself, for these. Absent: known, but must chain to a root. */
  readonly authorities?: readonly TrustedAuthority[];
  /** For a certificate without an id of its own, or to allow a known id with other registrations. */
  readonly participantId?: string;
}

/**
 * What is done where it is not known whether a certificate is revoked: `require` refuses, `warn` says
 * so, `off` leaves it to `vpr doctor` and `vpr verify` to say. What is known to be revoked is always refused.
 */
export type RevocationMode = 'require' | 'warn' | 'off';

/** The host's trust store, as `loadTrust` made it from policy and files. */
export interface Trust {
  readonly roots: readonly TrustAnchor[];
  readonly intermediates: readonly Certificate[];
  readonly listed: readonly ListedCertificate[];
  readonly crls: readonly RevocationList[];
  /** Lists of a time that had not come when `trustAsOf` looked: they only name who is revoked. */
  readonly early: readonly RevocationList[];
  /** What policy says of a certificate whose revocation is not known. */
  readonly revocation: RevocationMode;
  /** SHA-256 hex over all certificates and lists, and what policy says of them. */
  readonly digest: string;
}
