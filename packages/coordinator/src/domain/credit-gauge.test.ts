import type { AccountId, HostId, JobId } from '@manyhands/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Posting } from './change-set.ts';
import { EMPTY_GAUGE, gaugePostings, typicalCredit } from './credit-gauge.ts';

const posting = (microcredits: number, no: number, kind: Posting['kind'] = 'valid-result'): Posting => ({
  job: 'job_1' as JobId,
  index: 0,
  no,
  kind,
  host: 'host_1' as HostId,
  account: 'account_1' as AccountId,
  microcredits,
  at: 0,
});
const amounts = fc.array(fc.nat(7e10), { minLength: 20, maxLength: 60 });

test('[CD4] what is usual is not known before 20 results; revocations do not count', () => {
  const nineteen = gaugePostings(
    EMPTY_GAUGE,
    Array.from({ length: 19 }, (_, no) => posting(100, no)),
  );
  expect(typicalCredit(nineteen)).toBeNull();
  expect(typicalCredit(gaugePostings(nineteen, [posting(-100, 1, 'revocation')]))).toBeNull();
  expect(typicalCredit(gaugePostings(nineteen, [posting(100, 20)]))).toBeCloseTo(106.6, 1);
});

test('[CD4] what is usual is the median of the job’s postings, to a fifth, in whatever order and portions they come', () => {
  fc.assert(
    fc.property(amounts, fc.nat(60), (list, cut) => {
      const postings = list.map((microcredits, no) => posting(microcredits, no));
      const atOnce = gaugePostings(EMPTY_GAUGE, postings);
      const inTwo = gaugePostings(gaugePostings(EMPTY_GAUGE, postings.slice(cut).reverse()), postings.slice(0, cut));
      expect(inTwo).toEqual(atOnce);
      const median = list.toSorted((a, b) => a - b)[(list.length - 1) >> 1] as number;
      const typical = typicalCredit(atOnce) as number;
      expect(typical).toBeGreaterThanOrEqual(median);
      expect(typical).toBeLessThanOrEqual((1 + median) * 1.19);
    }),
  );
});

test('[CD4] claims of a minority, capped or not, do not move it beyond what the others earned', () => {
  const honest = Array.from({ length: 60 }, (_, no) => posting(1_000 + no, no));
  const liars = Array.from({ length: 59 }, (_, no) => posting(7e10, 100 + no));
  expect(typicalCredit(gaugePostings(EMPTY_GAUGE, [...liars, ...honest]))).toBeLessThan(1_060 * 1.2);
});
