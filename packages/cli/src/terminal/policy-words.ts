/** What makes an answer believed, in words. */
import type { VerifyPolicy } from '@manyhands/protocol';
import { count, plural } from './words.ts';

export function policyWords(verify: VerifyPolicy): string {
  switch (verify.kind) {
    case 'proof':
      return "an answer must pass the author's own check";
    case 'quorum':
      return verify.k === 1
        ? 'the first answer counts'
        : `${plural(verify.k, 'account')} must give the same answer${agreementWords(verify.agree)}`;
    case 'confidence':
      return `at most one answer in ${count(verify.wrongIn)} may be wrong${agreementWords(verify.agree)}`;
  }
}

type Agreement = Extract<VerifyPolicy, { kind: 'quorum' }>['agree'];

function agreementWords(agree: Agreement): string {
  switch (agree.kind) {
    case 'exact':
      return '';
    case 'author':
      return ", the same by the author's own comparison";
    case 'within':
      return `, the same within ${agree.abs} or ${agree.rel * 100} %`;
  }
}
