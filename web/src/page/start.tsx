import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { EarlyCache } from "../cache/earlyCache";
import { chatWindow } from "../components/ChatWindow/lateChatWindow";
import { App } from "./App";
import { idInAddress } from "./address";
import { PageSession } from "./pageSession";
import "./page.css";

/** The list is drawn with its rows at once if they come within this time; a slow disk must not keep the page empty. */
const LONGEST_WAIT_MS = 100;

/** Draw the page. */
export async function start(early: EarlyCache | null): Promise<void> {
  const root = document.getElementById("root");
  if (!root) throw new Error("The page has no #root.");
  const session = new PageSession();
  if (idInAddress() !== null) void chatWindow.load(); // it is wanted at once
  if (early) await Promise.race([Promise.allSettled([early.isRead]), pause(LONGEST_WAIT_MS)]);
  createRoot(root).render(
    <StrictMode>
      <App session={session} early={early} nonce={nonceOfPage()} />
    </StrictMode>,
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the bridge has put into the page for the few style elements that dialogs make. */
function nonceOfPage(): string | undefined {
  return document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce || undefined;
}
