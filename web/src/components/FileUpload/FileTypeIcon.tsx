import type { JSX } from "react";
import styles from "./FileTypeIcon.module.css";

const KINDS: Record<string, string> = {
  pdf: "pdf",
  doc: "text",
  docx: "text",
  txt: "plain",
  xls: "table",
  xlsx: "table",
  jpg: "picture",
  jpeg: "picture",
  png: "picture",
  gif: "picture",
  webp: "picture",
};

/** A sheet with the type's colour and letters. Decoration: the name stands beside it. */
export function FileTypeIcon({ name }: { name: string }): JSX.Element {
  const extension = /\.([a-z0-9]{1,4})$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return (
    <span className={styles.sheet} data-kind={KINDS[extension] ?? "plain"} aria-hidden="true">
      {extension || "…"}
    </span>
  );
}
