import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import "./page.css";
import { reloadAfterUpgrade } from "./upgrade";

reloadAfterUpgrade();
const root = document.getElementById("root");
if (!root) throw new Error("The page has no #root.");
createRoot(root).render(
  <StrictMode>
    <App nonce={nonceOfPage()} />
  </StrictMode>,
);

/** What the bridge has put into the page for the few style elements that dialogs make. */
function nonceOfPage(): string | undefined {
  return document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce || undefined;
}
