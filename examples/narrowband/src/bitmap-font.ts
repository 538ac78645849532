/**
 * Letters of 5 by 7 pixels for labels in pictures. Each word is a letter and its seven rows from the top,
 * a row being one base-32 digit whose bits are its pixels, the leftmost highest.
 */
const GLYPHS = `
  AEHHVHHH BUHHUHHU CEHGGGHE DUHHHHHU EVGGUGGV FVGGUGGG GEHGNHHF HHHHVHHH
  IE44444E J72222IC KHIKOKIH LGGGGGGV MHRLLHHH NHPPLJJH OEHHHHHE PUHHUGGG
  QEHHHLID RUHHUKIH SFGGE11U TV444444 UHHHHHHE VHHHHAA4 WHHHLLRH XHHA4AHH
  YHHA4444 ZV1248GV a00E1FHF bGGUHHHU c00EGGGE d11FHHHF e00EHVGE f68U8888
  g00FHF1E hGGUHHHH i40C444E j20622IC kGGIKOKI lC44444E m00QLLLL n00UHHHH
  o00EHHHE p00UHUGG q00FHF11 r00MOGGG s00FGE1U t88U8886 u00HHHHF v00HHHA4
  w00HLLLA x00HA4AH y00HHF1E z00V248V 0EHJLPHE 14C4444E 2EH168GV 3V2421HE
  426AIV22 5VGU11HE 668GUHHE 7V124888 8EHHEHHE 9EHHF12C .00000CC ,0000448
  :0CC0CC0 ;0CC0C48 +044V440 -000V000 _000000V /122488G (2488842 )8422248
  %PP248JJ =00V0V00
`;

export const GLYPH_WIDTH = 5;
export const GLYPH_HEIGHT = 7;

const ROWS = new Map(
  GLYPHS.trim()
    .split(/\s+/)
    .map((word) => [word.charAt(0), Array.from(word.slice(1), (digit) => Number.parseInt(digit, 32))]),
);
const UNKNOWN = [31, 17, 17, 17, 17, 17, 31];
const BLANK = [0, 0, 0, 0, 0, 0, 0];

/** Whether the pixel at column x (0 to 4) and row y (0 to 6) of a letter is inked. Letters not drawn here show as a box. */
export function isInked(letter: string, x: number, y: number): boolean {
  const rows = letter === ' ' ? BLANK : (ROWS.get(letter) ?? UNKNOWN);
  return (((rows[y] ?? 0) >> (GLYPH_WIDTH - 1 - x)) & 1) === 1;
}
