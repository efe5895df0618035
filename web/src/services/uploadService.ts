import type { ChatFile } from "../model/types";
import { chatBase } from "./addresses";
import { ApiError, errorOf, networkError } from "./apiError";
import type { DownloadFile, UploadFile } from "./chatService";
import { parseAnswer } from "./http";
import type { Tokens } from "./tokens";

/** Without a byte moving for so long the connection is taken for dead. */
const STALLED_MS = 60_000;

/** Uploads by XMLHttpRequest: `fetch` does not tell how far an upload has come. */
export function createUploader(apiBase: string, tokens: Tokens): UploadFile {
  const address = `${chatBase(apiBase)}upload/`;
  return async (file, name, onProgress, signal) => {
    const token = await tokens.get();
    try {
      return await upload(address, token, file, name, onProgress, signal);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      return await upload(address, await tokens.renew(token), file, name, onProgress, signal);
    }
  };
}

/** A file that was uploaded before, to be uploaded once more. */
export const downloadFile: DownloadFile = async (url) => {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "omit" });
    if (response.ok) return await response.blob();
  } catch (error) {
    throw networkError(error);
  }
  throw errorOf(response.status, null, response.headers.get("Retry-After"));
};

function upload(
  address: string,
  token: string,
  file: Blob,
  name: string,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<ChatFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let stalled: ReturnType<typeof setTimeout>;
    const expect = () => {
      clearTimeout(stalled);
      stalled = setTimeout(() => request.abort(), STALLED_MS);
    };
    const cancel = () => request.abort();
    const fail = () => reject(signal.aborted ? signal.reason : networkError());
    request.upload.addEventListener("progress", (event) => {
      expect();
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      try {
        resolve(
          parseAnswer<ChatFile>(
            request.status,
            request.responseText,
            request.getResponseHeader("Retry-After"),
          ),
        );
      } catch (error) {
        reject(error);
      }
    });
    request.addEventListener("error", fail);
    request.addEventListener("abort", fail);
    request.addEventListener("loadend", () => {
      clearTimeout(stalled);
      signal.removeEventListener("abort", cancel);
    });
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener("abort", cancel);
    request.open("POST", address);
    request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Accept", "application/json");
    const form = new FormData();
    form.append("file", file, name);
    expect();
    request.send(form);
  });
}
