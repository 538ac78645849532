import type { Picture, Tile } from './render-tile.ts';

/** Cuts a picture into tiles of at most `size` × `size` pixels, from the middle outwards: what one wants to see comes first. */
export function tilesOf({ width, height }: Pick<Picture, 'width' | 'height'>, size: number): Tile[] {
  const tiles: Tile[] = [];
  for (let y = 0; y < height; y += size) {
    for (let x = 0; x < width; x += size) tiles.push({ x, y, width: Math.min(size, width - x), height: Math.min(size, height - y) });
  }
  const fromMiddle = (tile: Tile): number => Math.hypot(tile.x + tile.width / 2 - width / 2, tile.y + tile.height / 2 - height / 2);
  return tiles.sort((a, b) => fromMiddle(a) - fromMiddle(b));
}
