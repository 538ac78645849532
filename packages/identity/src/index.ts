export { Digester, digestOf } from './digest.ts';
export { createKeyPair, type KeyPair, signText, verifyText } from './key-pair.ts';
export { accountIdOf, createSecret, hostIdOf, tokenHashOf } from './names.ts';
export { issueCertificate, signTask, type TrustOutcome, verifyTask } from './trust-chain.ts';
