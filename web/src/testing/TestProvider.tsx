import { type ReactNode, useState } from "react";
import { ChatProvider, type Theme } from "../context/ChatContext";
import type { ChatClient } from "../context/client";
import type { Language } from "../model/types";
import { createFakeClient, type FakeOptions } from "./fakeClient";

interface TestProviderProps extends FakeOptions {
  /** A client made before, where a test looks at its `calls`. */
  client?: ChatClient;
  locale?: Language;
  theme?: Theme;
  children: ReactNode;
}

/** A chat without a server around some views, for tests and stories. */
export function TestProvider({
  client,
  locale = "ru",
  theme = "light",
  children,
  ...options
}: TestProviderProps) {
  const [own] = useState(() => client ?? createFakeClient(options));
  return (
    <ChatProvider client={client ?? own} locale={locale} theme={theme}>
      {children}
    </ChatProvider>
  );
}
