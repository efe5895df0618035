import { groupColour } from "../model/avatar";

const DARK = "#000000"; // with white, one of the two is enough on any colour
const LIGHT = "#ffffff";

/** The circle's colour, and the letters' colour that can be read on it, whatever colours the school has chosen. */
export function avatarColors(
  color: string | null | undefined,
  id: number,
): { backgroundColor: string; color: string } {
  const backgroundColor = color && /^#[0-9a-f]{6}$/i.test(color) ? color : groupColour(Math.abs(id));
  return { backgroundColor, color: contrast(LIGHT, backgroundColor) >= 4.5 ? LIGHT : DARK };
}

/** WCAG 2.2, 1.4.3: from 1 to 21, of two colours as `#rrggbb`. */
export function contrast(one: string, other: string): number {
  const a = luminance(one);
  const b = luminance(other);
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function luminance(color: string): number {
  const part = (at: number) => linear(Number.parseInt(color.slice(at, at + 2), 16) / 255);
  return 0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5);
}

function linear(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
