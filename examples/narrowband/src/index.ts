/** What a program needs to run the search: cut a file into units, map the task over them, and read the answer. */
export { type Detection, detectionsOf, type VerifiedFindings } from './detections.ts';
export { type Filterbank, openFilterbank } from './filterbank.ts';
export { FilterbankError } from './filterbank-error.ts';
export type { BitDepth, FilterbankHeader } from './filterbank-header.ts';
export { default as narrowband } from './narrowband.task.ts';
export { type Recall, recallOf } from './recall.ts';
export type { SearchOptions, SearchPlan } from './search-plan.ts';
export type { Findings, Hit, SubBand } from './sub-band.ts';
export { type SubBands, subBandsOf } from './sub-bands.ts';
export { generateObservation, type InjectedTone, type Observation, type Truth } from './synthesis.ts';
export { isSameTone, type Resolution, type Tone } from './tone.ts';
export { writeWaterfall } from './waterfall.ts';
