import { join } from "node:path";
import { lawsWith } from "./laws";

lawsWith(join(import.meta.dirname, "react-18"));
