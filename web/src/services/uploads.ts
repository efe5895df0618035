import type { UploadActions } from "../context/client";
import { newId } from "../model/ids";
import type { PreparedFile } from "../model/types";
import type { ChatState } from "../store/state";
import { apply, type ChatStore } from "../store/store";
import { type Compress, compressImage, compressOnce, nameAfter } from "./compression";
import { COMPRESS_ABOVE, faultOf, isCompressible, kindOf } from "./fileRules";

/** Files on their way into the next message: checked at once, large pictures made smaller beside the typing. */
export class Uploads implements UploadActions {
  constructor(
    private readonly store: ChatStore,
    private readonly compress: Compress = compressOnce,
  ) {}

  add = (conversationId: number, files: readonly File[]): void => {
    const prepared = files.map((file) => this.prepare(file));
    this.change(conversationId, (before) => [...before, ...prepared]);
    prepared.forEach((one, index) => {
      if (one.isCompressing) void this.shrink(conversationId, one.id, files[index]!);
    });
  };

  remove = (conversationId: number, id: string): void => {
    this.change(conversationId, (before) => {
      revoke(before.filter((one) => one.id === id));
      return before.filter((one) => one.id !== id);
    });
  };

  clear = (conversationId: number): void => {
    this.change(conversationId, (before) => {
      revoke(before);
      return [];
    });
  };

  private prepare(file: File): PreparedFile {
    const fault = faultOf(file, false);
    const kind = kindOf(file.name) ?? "document";
    return {
      id: newId(),
      name: file.name,
      size: file.size,
      kind,
      previewUrl: fault === null && kind === "image" ? URL.createObjectURL(file) : null,
      error: fault,
      file,
      isCompressing: fault === null && file.size > COMPRESS_ABOVE && isCompressible(file.name),
    };
  }

  private async shrink(conversationId: number, id: string, file: File): Promise<void> {
    let patch: Partial<PreparedFile>;
    try {
      const smaller = await compressImage(file, this.compress);
      const name = nameAfter(file.name, smaller.type || file.type);
      const fault = faultOf({ name, size: smaller.size }, true);
      patch = { file: smaller, name, size: smaller.size, error: fault };
    } catch {
      // The browser cannot read it as a picture: broken, or not what its name says.
      patch = { error: { code: "compress", name: file.name } };
    }
    this.change(conversationId, (before) =>
      before.map((one) => (one.id === id ? { ...one, ...patch, isCompressing: false } : one)),
    );
  }

  private change(
    conversationId: number,
    change: (files: readonly PreparedFile[]) => readonly PreparedFile[],
  ): void {
    apply(this.store, (state) =>
      setUploads(state, conversationId, change(state.uploads[conversationId] ?? [])),
    );
  }
}

export function setUploads(state: ChatState, id: number, files: readonly PreparedFile[]): ChatState {
  const { [id]: _, ...others } = state.uploads;
  return { ...state, uploads: files.length ? { ...others, [id]: files } : others };
}

function revoke(files: readonly PreparedFile[]): void {
  for (const { previewUrl } of files) if (previewUrl) URL.revokeObjectURL(previewUrl);
}
