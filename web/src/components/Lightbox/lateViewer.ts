import { LateView } from "../LateView/lateView";

export const viewer = new LateView(async () => (await import("./LightboxViewer")).LightboxViewer);
