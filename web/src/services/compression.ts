import { COMPRESS_ABOVE } from "./fileRules";

const QUALITY = 0.85;
/** Longest sides that are tried, from the first that may be enough. Proportions are kept. */
const SIDES = [2560, 1920, 1440, 1080, 800];

/** One pass of compressorjs; replaced in tests, where no picture can be drawn. */
export type Compress = (file: Blob, quality: number, longestSide: number) => Promise<Blob>;

export const compressOnce: Compress = async (file, quality, longestSide) => {
  const { default: Compressor } = await import("compressorjs");
  return new Promise((resolve, reject) => {
    new Compressor(file, {
      quality,
      maxWidth: longestSide,
      maxHeight: longestSide,
      convertSize: COMPRESS_ABOVE, // a large png becomes a jpeg: photographs saved as png are ten times as large
      success: resolve,
      error: reject,
    });
  });
};

/** Make a picture smaller than 1 MB: quality 85 %, then smaller sides until it fits. */
export async function compressImage(file: File, compress: Compress = compressOnce): Promise<Blob> {
  let smallest: Blob = file;
  for (const side of SIDES) {
    const result = await compress(file, QUALITY, side);
    if (result.size < smallest.size) smallest = result;
    if (smallest.size <= COMPRESS_ABOVE) break;
  }
  return smallest;
}

/** The server compares name and content: a png that has become a jpeg is called so. */
export function nameAfter(name: string, type: string): string {
  const wanted: Record<string, string> = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" };
  const extension = wanted[type];
  if (!extension) return name;
  const is = name.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1];
  if (is === extension || (is === "jpeg" && extension === "jpg")) return name;
  return `${name.replace(/\.[^.]*$/, "")}.${extension}`;
}
