import type { Colour } from './canvas.ts';

export const BACKGROUND: Colour = [13, 14, 22];
export const INK: Colour = [228, 230, 238];
export const FAINT: Colour = [146, 150, 166];
/** Marks what was found. Far from every colour of the flame. */
export const MARK: Colour = [86, 220, 255];
export const PICTURE_WIDTH = 1280;
/** Room for the labels of axes. */
export const MARGIN = 56;
