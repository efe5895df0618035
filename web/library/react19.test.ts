import { dirname } from "node:path";
import { lawsWith } from "./laws";

lawsWith(dirname(import.meta.dirname));
