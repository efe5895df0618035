import type { ElementHandle } from "puppeteer-core";

type Rgb = [red: number, green: number, blue: number];

/** A colour as the browser computes it, of what *selector* finds inside. */
export function colorOf(element: ElementHandle, selector: string, property: string): Promise<string> {
  return element.$eval(
    selector,
    (found, wanted) => getComputedStyle(found).getPropertyValue(wanted),
    property,
  );
}

export function rgb(color: string): Rgb {
  const [red, green, blue] = color.match(/[\d.]+/g)!.map(Number);
  return [red!, green!, blue!];
}

/** Orange, whether pale or strong: red before green before blue. */
export function isOrange(color: string): boolean {
  const [red, green, blue] = rgb(color);
  return red > green + 10 && green > blue + 10;
}

/** Grey: no colour stands out. */
export function isGrey(color: string): boolean {
  const parts = rgb(color);
  return Math.max(...parts) - Math.min(...parts) < 32;
}

export function isGreen(color: string): boolean {
  const [red, green, blue] = rgb(color);
  return green > Math.max(red, blue) * 1.2;
}

export function isBlue(color: string): boolean {
  const [red, green, blue] = rgb(color);
  return blue > Math.max(red, green) * 1.2;
}
