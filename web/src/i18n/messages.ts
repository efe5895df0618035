import type { Language } from "../model/types";
import en from "./en.json";
import ru from "./ru.json";

export type MessageKey = keyof typeof ru;

export const MESSAGES: Record<Language, Record<string, string>> = { ru, en };
