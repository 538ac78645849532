/**
 * The drifts to try, each as the channels a line moves from the first spectrum to the last, both signs, ascending.
 * One channel apart, until a tone drifts through several channels within one spectrum: then the steps grow with that smear,
 * for finer ones would see nothing new.
 */
export function shiftsUpTo(maxShift: number, spectra: number): number[] {
  const upward = [];
  for (let shift = 0; shift <= maxShift; shift += stepAt(shift, spectra)) upward.push(shift);
  const downward = upward.slice(1).reverse();
  return [...downward.map((shift) => -shift), ...upward];
}

/** Channels between the drift `shift` and the next one tried. */
export const stepAt = (shift: number, spectra: number): number => Math.max(1, Math.floor(Math.abs(shift) / spectra));
