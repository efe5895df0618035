/** How large a picture is shown: known before it is loaded, so that nothing moves when it comes. */
export const PICTURE_MAX_WIDTH = 320;
export const PICTURE_MAX_HEIGHT = 360;
const PICTURE_MIN = 96;
const UNKNOWN = { width: 240, height: 180 };

export interface PictureSize {
  width: number;
  height: number;
}

/** In CSS pixels: never larger than it is, never too small to be clicked. */
export function pictureSize(width: number | null, height: number | null): PictureSize {
  if (!width || !height) return UNKNOWN;
  const scale = Math.min(1, PICTURE_MAX_WIDTH / width, PICTURE_MAX_HEIGHT / height);
  return {
    width: Math.max(PICTURE_MIN, Math.round(width * scale)),
    height: Math.max(PICTURE_MIN, Math.round(height * scale)),
  };
}
