import type { FileFault, FileKind } from "../model/types";

const MB = 1024 * 1024;

interface FileRule {
  kind: FileKind;
  extensions: readonly string[];
  most: number;
}

/** As the school's text has them; the server checks the content again. */
export const FILE_RULES: readonly FileRule[] = [
  { kind: "image", extensions: ["jpg", "jpeg", "png", "gif", "webp"], most: 5 * MB },
  { kind: "document", extensions: ["pdf", "doc", "docx", "xls", "xlsx", "txt"], most: 10 * MB },
  { kind: "voice", extensions: ["ogg", "oga", "webm", "m4a", "mp4"], most: 5 * MB },
];

/** What a file picker offers. */
export const ACCEPTED = FILE_RULES.filter((rule) => rule.kind !== "voice")
  .flatMap((rule) => rule.extensions)
  .map((extension) => `.${extension}`)
  .join(",");

/** For words: `jpg, png, gif, webp, pdf, …`. */
export const ALLOWED_NAMES = FILE_RULES.filter((rule) => rule.kind !== "voice")
  .flatMap((rule) => rule.extensions)
  .filter((extension) => extension !== "jpeg")
  .join(", ");

/** Larger pictures are made smaller than this before they are sent. */
export const COMPRESS_ABOVE = MB;

export function kindOf(name: string): FileKind | null {
  const extension = name.toLowerCase().match(/\.([a-z0-9]+)$/)?.[1] ?? "";
  return FILE_RULES.find((rule) => rule.extensions.includes(extension))?.kind ?? null;
}

/** Gif would lose its animation. */
export function isCompressible(name: string): boolean {
  return kindOf(name) === "image" && !/\.gif$/i.test(name);
}

/** What speaks against a file. A picture that will be made smaller may be larger than its limit now. */
export function faultOf(file: { name: string; size: number }, isCompressed: boolean): FileFault | null {
  const { name, size } = file;
  const rule = FILE_RULES.find((one) => one.kind === kindOf(name));
  if (!rule) return { code: "file_type", name };
  if (size === 0) return { code: "file_empty", name };
  const willShrink = !isCompressed && isCompressible(name);
  if (size > rule.most && !willShrink) return { code: "file_too_large", name, limit: rule.most };
  return null;
}
