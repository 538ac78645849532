import { COLOURS } from './marks.ts';

const LIGHT = ['#1f6fb4', '#c2550a', '#1a8a4c', '#b0356f', '#6a51b8', '#8a6d00', '#0f8a93', '#b32b2b'];
const DARK = ['#6db3f2', '#f59a52', '#5fd08d', '#f083b5', '#b09cf5', '#e0c34a', '#55cfd8', '#f47c7c'];

const colours = (palette: readonly string[]): string => Array.from({ length: COLOURS }, (_, at) => `.c${at}{fill:${palette[at]}}`).join('');

export const STYLE = `
text{font:13px system-ui,sans-serif;fill:#1d2530}.head{font-size:17px;font-weight:600}.tick{fill:#5a6675;font-size:12px}
.paper{fill:#fff}.grid{stroke:#dde2e8;fill:none}.mark{fill-opacity:.75;stroke:#fff;stroke-width:.15}${colours(LIGHT)}
@media(prefers-color-scheme:dark){text{fill:#e6ebf2}.tick{fill:#9aa7b8}.paper{fill:#12171e}.grid{stroke:#2a333f}.mark{stroke:#12171e}${colours(DARK)}}
`;
