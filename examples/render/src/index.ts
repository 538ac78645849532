export { Assembly } from './assembly.ts';
export { default as render } from './render.task.ts';
export { type Picture, renderTile, type Tile } from './render-tile.ts';
export { tilesOf } from './tiles.ts';
