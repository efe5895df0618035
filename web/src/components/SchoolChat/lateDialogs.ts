import { LateView } from "../LateView/lateView";

export type Dialogs = typeof import("./dialogs");

export const lateDialogs = new LateView<Dialogs>(() => import("./dialogs"));
