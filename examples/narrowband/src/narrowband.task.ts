/**
 * SETI@home's search: is there, in this sub-band, a tone narrower than anything nature makes, drifting as it would if its
 * transmitter stood on another world? Only pure modules are imported: this file is bundled and sent to volunteers.
 */
import { defineTask, FatalTaskError, quorum } from '@manyhands/task-sdk';
import { searchSubBand } from './search-sub-band.ts';
import { findingsSchema, subBandSchema } from './sub-band.ts';

/** A search passes here a thousand times or more; each report crosses the sandbox's wall. */
const PROGRESS_STEP = 0.05;

export default defineTask({
  name: 'narrowband',
  version: '1.0.0',
  title: 'Search radio data for narrowband signals',
  description: 'Looks for faint tones that drift in frequency, as a transmitter on another world would seem to.',
  license: 'MIT',
  input: subBandSchema,
  output: findingsSchema,
  limits: { memoryMB: 256, timeoutMs: 5 * 60_000 },
  verify: quorum(2),
  run(input, ctx) {
    if (input.samples.length !== input.channels * input.spectra) {
      throw new FatalTaskError(`${input.samples.length} samples are not ${input.spectra} spectra of ${input.channels} channels`);
    }
    let reported = 0;
    return searchSubBand(input, (fraction) => {
      if (fraction < reported + PROGRESS_STEP) return;
      reported = fraction;
      ctx.progress(fraction);
    });
  },
});
