/** `…/api/chat/` of whatever the school gave: the bridge's address, with or without that path. */
export function chatBase(apiBase: string): string {
  return `${serverBase(apiBase)}/api/chat/`;
}

/** The bridge itself; empty: the page's own server. */
export function serverBase(apiBase: string): string {
  return apiBase.replace(/\/+$/, "").replace(/\/api(\/chat)?$/, "");
}
