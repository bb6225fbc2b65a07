/**
 * `vpr/trust`: commits' signatures and certificates, pure and synchronous. No
 * file, network or clock is touched: bytes, trust and time are given.
 */
export { publicKeyOf } from './certificate/key.js';
export { readCertificate, readCertificateDer } from './certificate/read.js';
export { certificateIdentity, comparableName, sameEmail } from './identity.js';
export { payloadOf, type SignedBytes, withSignature } from './payload.js';
export { toPem } from './pem.js';
export { trustAsOf } from './revocation/early.js';
export { revocationNotChecked } from './revocation/lists.js';
export { convertSignature, signPayload, type WrittenEncoding } from './sign.js';
export { readSignature, renderSignature } from './signature/read.js';
export type { CmsAttributesSignature, CmsSignature, CommitSignature, ContainerSignature, RawSignature } from './signature/types.js';
export { type FileReader, loadTrust, policyListsFor } from './store.js';
export { type CertificateMark, markOf } from './twins.js';
export type * from './types.js';
export { type VerifyOptions, verifyCommit } from './verify.js';
