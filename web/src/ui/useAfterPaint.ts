import { startTransition, useEffect, useState } from "react";
import { afterPaint } from "./afterPaint";

/** False until what was drawn first is on screen: what can wait comes then. */
export function useAfterPaint(): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => afterPaint(() => startTransition(() => setPainted(true))), []);
  return isPainted;
}
