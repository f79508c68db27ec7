/** How boxes over a picture are drawn, moved and resized. All in parts of the picture; nothing leaves it. */
import type { Box } from "../device/mosaic";

export interface Point {
  x: number;
  y: number;
}

const LEAST = 0.02;
/** Where a person taps instead of drawing: of the picture's width. */
const TAPPED = 0.2;
const STEP = 0.02;
const ARROWS: Record<string, Point> = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
};

const between = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

export function drawn(from: Point, to: Point): Box {
  const [left, right] = [from.x, to.x].map((one) => between(one, 0, 1)).sort((a, b) => a - b) as [number, number];
  const [top, bottom] = [from.y, to.y].map((one) => between(one, 0, 1)).sort((a, b) => a - b) as [number, number];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function moved(box: Box, by: Point): Box {
  return { ...box, x: between(box.x + by.x, 0, 1 - box.width), y: between(box.y + by.y, 0, 1 - box.height) };
}

export function grown(box: Box, by: Point): Box {
  return { ...box, width: between(box.width + by.x, LEAST, 1 - box.x), height: between(box.height + by.y, LEAST, 1 - box.y) };
}

/** What was drawn, or, where that is too small to be meant, a square around the point. `ratio` is the picture's width by its height. */
export function tapped(box: Box | undefined, at: Point, ratio: number): Box {
  if (box && box.width >= LEAST && box.height >= LEAST) return box;
  const height = Math.min(TAPPED * ratio, 1);
  return moved({ x: at.x - TAPPED / 2, y: at.y - height / 2, width: TAPPED, height }, { x: 0, y: 0 });
}

/** The box after an arrow key, which with Shift changes its size; undefined for other keys. */
export function byKey(box: Box, key: string, shift: boolean): Box | undefined {
  const by = ARROWS[key];
  return by && (shift ? grown(box, by) : moved(box, by));
}
