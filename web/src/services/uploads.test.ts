import { beforeEach, describe, expect, test, vi } from "vitest";
import { type ChatStore, createChatStore } from "../store/store";
import { until } from "../testing/api";
import { type Compress, compressImage, nameAfter } from "./compression";
import { ACCEPTED, faultOf, kindOf } from "./fileRules";
import { Uploads } from "./uploads";

const MB = 1024 * 1024;
const blob = (size: number, type: string) => new Blob([new Uint8Array(size)], { type });
const file = (name: string, size: number, type = "application/octet-stream") =>
  new File([new Uint8Array(size)], name, { type });

describe("Which files are taken", () => {
  test.each([
    ["a.jpg", 5 * MB, null],
    ["A.JPEG", 4 * MB, null],
    ["a.gif", 5 * MB + 1, "file_too_large"],
    ["a.pdf", 10 * MB, null],
    ["a.pdf", 10 * MB + 1, "file_too_large"],
    ["a.docx", 1, null],
    ["a.txt", 0, "file_empty"],
    ["a.exe", 1, "file_type"],
    ["pdf", 1, "file_type"],
    ["a.pdf.exe", 1, "file_type"],
    ["a.svg", 1, "file_type"],
  ])("%s of %d bytes: %s", (name, size, expected) => {
    expect(faultOf({ name, size }, true)?.code ?? null).toBe(expected);
  });

  test("a large photograph may be chosen: it is made smaller first", () => {
    expect(faultOf({ name: "a.jpg", size: 9 * MB }, false)).toBeNull();
    expect(faultOf({ name: "a.jpg", size: 9 * MB }, true)?.code).toBe("file_too_large");
    expect(faultOf({ name: "a.gif", size: 9 * MB }, false)?.code).toBe("file_too_large");
  });

  test("the picker offers what the school's text names", () => {
    expect(ACCEPTED).toBe(".jpg,.jpeg,.png,.gif,.webp,.pdf,.doc,.docx,.xls,.xlsx,.txt");
    expect([kindOf("a.PNG"), kindOf("a.xls"), kindOf("a.ogg"), kindOf("a")]).toEqual([
      "image",
      "document",
      "voice",
      null,
    ]);
  });
});

describe("Compression", () => {
  test("quality is 85 %, and sides shrink until it is at most 1 MB", async () => {
    const sizes = [3 * MB, 2 * MB, 0.75 * MB];
    const compress = vi.fn<Compress>(async () => blob(sizes.shift()!, "image/jpeg"));
    const result = await compressImage(file("a.jpg", 6 * MB, "image/jpeg"), compress);
    expect(result.size).toBe(0.75 * MB);
    expect(compress.mock.calls.map(([, quality, side]) => [quality, side])).toEqual([
      [0.85, 2560],
      [0.85, 1920],
      [0.85, 1440],
    ]);
  });

  test("a result that is larger than the picture itself is not used", async () => {
    const picture = file("a.png", 2 * MB, "image/png");
    const result = await compressImage(picture, async () => blob(3 * MB, "image/png"));
    expect(result).toBe(picture);
  });

  test("the name follows the type: the server compares them", () => {
    expect(nameAfter("Фото.png", "image/jpeg")).toBe("Фото.jpg");
    expect(nameAfter("a.jpeg", "image/jpeg")).toBe("a.jpeg");
    expect(nameAfter("a.webp", "image/webp")).toBe("a.webp");
  });
});

describe("Files of the next message", () => {
  let store: ChatStore;
  let compress: ReturnType<typeof vi.fn<Compress>>;
  let uploads: Uploads;
  const files = () => store.getState().uploads[1] ?? [];

  beforeEach(() => {
    store = createChatStore();
    compress = vi.fn<Compress>(async () => blob(0.5 * MB, "image/jpeg"));
    uploads = new Uploads(store, compress);
  });

  test("several at once, each with its own fault", () => {
    uploads.add(1, [file("a.txt", 3), file("b.exe", 3), file("c.png", 3, "image/png")]);
    expect(files().map((one) => [one.name, one.kind, one.error])).toEqual([
      ["a.txt", "document", null],
      ["b.exe", "document", { code: "file_type", name: "b.exe" }],
      ["c.png", "image", null],
    ]);
    expect(files()[2]!.previewUrl).toMatch(/^blob:/);
    expect(compress).not.toHaveBeenCalled();
  });

  test("a picture above 1 MB is made smaller beside the typing", async () => {
    uploads.add(1, [file("Фото.png", 3 * MB, "image/png")]);
    expect(files()[0]).toMatchObject({ isCompressing: true, size: 3 * MB });
    await until(() =>
      expect(files()[0]).toMatchObject({ isCompressing: false, name: "Фото.jpg", size: 0.5 * MB }),
    );
    expect(files()[0]!.file.type).toBe("image/jpeg");
  });

  test("what calls itself a picture and is none says so", async () => {
    compress.mockRejectedValue(new Error("The image could not be read."));
    uploads.add(1, [file("a.jpg", 3 * MB, "image/jpeg")]);
    await until(() =>
      expect(files()[0]).toMatchObject({ isCompressing: false, error: { code: "compress", name: "a.jpg" } }),
    );
  });

  test("still too large after all: refused with the limit", async () => {
    compress.mockImplementation(async () => blob(6 * MB, "image/jpeg"));
    uploads.add(1, [file("a.jpg", 9 * MB, "image/jpeg")]);
    await until(() => expect(files()[0]!.error).toMatchObject({ code: "file_too_large", limit: 5 * MB }));
  });

  test("taken out again, one or all; a picture that was being made smaller does not come back", async () => {
    const revoke = vi.spyOn(URL, "revokeObjectURL");
    uploads.add(1, [file("a.jpg", 3 * MB, "image/jpeg"), file("b.txt", 1)]);
    uploads.remove(1, files()[0]!.id);
    expect(revoke).toHaveBeenCalledTimes(1);
    await until(() => expect(compress).toHaveBeenCalled());
    expect(files().map((one) => one.name)).toEqual(["b.txt"]);
    uploads.clear(1);
    expect(store.getState().uploads).toEqual({});
  });

  test("each conversation has its own", () => {
    uploads.add(1, [file("a.txt", 1)]);
    uploads.add(2, [file("b.txt", 1)]);
    uploads.clear(1);
    expect(Object.keys(store.getState().uploads)).toEqual(["2"]);
  });
});
