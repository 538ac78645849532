/** A unit's microseconds as one bar, in the order of its way through the coordinator; each part is numbered, never told by its colour alone. */
import { COLOURS } from '../sabotage/report/marks.ts';
import { STYLE } from '../sabotage/report/style.ts';
import { STAGES, type Stage } from './stages.ts';

const [WIDTH, LEFT, RIGHT] = [960, 40, 920];
const BAR = { top: 56, height: 56 };
const LEGEND = { top: 148, line: 24, column: 300, rows: 4 };
/** Narrower parts have no room for their number. */
const LEAST_WIDTH = 16;

export function pictureOf(usPerUnit: Readonly<Record<Stage, number>>): string {
  const sum = STAGES.reduce((total, stage) => total + usPerUnit[stage], 0);
  const scale = (RIGHT - LEFT) / sum;
  let x = LEFT;
  const parts = STAGES.map((stage, at) => {
    const width = usPerUnit[stage] * scale;
    const part = partOf(stage, at, x, width, usPerUnit[stage]);
    x += width;
    return part;
  });
  const height = LEGEND.top + LEGEND.rows * LEGEND.line + 8;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<title id="title">Microseconds of the coordinator's main thread per unit</title>
<style>${STYLE}</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
<text class="head" x="${LEFT}" y="32">A unit on the coordinator's main thread: ${sum.toFixed(1)} µs</text>
${parts.join('\n')}
${STAGES.map((stage, at) => keyOf(stage, at, usPerUnit[stage])).join('\n')}
</svg>
`;
}

function partOf(stage: Stage, at: number, x: number, width: number, us: number): string {
  const label =
    width < LEAST_WIDTH
      ? ''
      : `<text x="${(x + width / 2).toFixed(1)}" y="${BAR.top + BAR.height / 2}" dy="5" text-anchor="middle">${at + 1}</text>`;
  const rect = `<rect class="mark c${at % COLOURS}" x="${x.toFixed(1)}" y="${BAR.top}" width="${width.toFixed(1)}" height="${BAR.height}"/>`;
  return `<g><title>${stage}: ${us.toFixed(2)} µs</title>${rect}${label}</g>`;
}

function keyOf(stage: Stage, at: number, us: number): string {
  const x = LEFT + Math.floor(at / LEGEND.rows) * LEGEND.column;
  const y = LEGEND.top + (at % LEGEND.rows) * LEGEND.line;
  return `<rect class="mark c${at % COLOURS}" x="${x}" y="${y - 11}" width="13" height="13"/><text x="${x + 22}" y="${y}">${at + 1}  ${stage}, ${us.toFixed(2)} µs</text>`;
}
