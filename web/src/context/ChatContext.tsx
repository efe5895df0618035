import { QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { IntlProvider } from "react-intl";
import type { EarlyCache } from "../cache/earlyCache";
import { MESSAGES } from "../i18n/messages";
import type { Language } from "../model/types";
import type { GetToken } from "../services/tokens";
import type { ChatClient } from "./client";
import { createChat } from "./createChat";

export type Theme = "light" | "dark" | "auto";

export interface ChatProviderProps {
  /** The bridge's address; empty: the page's own. */
  apiBase?: string;
  /** Gives the panel's access token; asked again, with `true`, when the last one was refused. */
  getToken?: GetToken;
  /** Who was signed in here last, where that is known: their cached chats are shown before the token is there. */
  lastPersonId?: number | null;
  /** Their cache, opened before the chat is drawn for the first time. */
  early?: EarlyCache | null;
  locale?: Language;
  theme?: Theme;
  /** Of the page's Content-Security-Policy, for the few style elements that dialogs need. */
  nonce?: string;
  /** A client of one's own, made by `createChat`; the provider then neither starts nor stops it. */
  client?: ChatClient;
  children: ReactNode;
}

interface Look {
  locale: Language;
  theme: Theme;
  nonce: string | undefined;
}

const ClientContext = createContext<ChatClient | null>(null);
const LookContext = createContext<Look>({ locale: "ru", theme: "auto", nonce: undefined });

/** Everything below it shares one connection, one state and one language. */
export function ChatProvider(props: ChatProviderProps) {
  const { apiBase = "", locale = "ru", theme = "auto", nonce, children } = props;
  const client = useClient(props, apiBase, locale);
  const look = useMemo(() => ({ locale, theme, nonce }), [locale, theme, nonce]);
  useEffect(() => {
    if (nonce) setNonce(nonce);
  }, [nonce]);
  return (
    <LookContext.Provider value={look}>
      <ClientContext.Provider value={client}>
        <QueryClientProvider client={client.queries}>
          <IntlProvider locale={locale} messages={MESSAGES[locale]} defaultLocale="ru">
            {children}
          </IntlProvider>
        </QueryClientProvider>
      </ClientContext.Provider>
    </LookContext.Provider>
  );
}

function useClient(props: ChatProviderProps, apiBase: string, locale: Language): ChatClient {
  const { getToken, client: given, lastPersonId, early } = props;
  // A new function at each rendering of the school's app must not mean a new connection.
  const [latest] = useState(() => ({ getToken, locale, lastPersonId, early }));
  useEffect(() => {
    latest.getToken = getToken;
    latest.locale = locale;
  }, [latest, getToken, locale]);
  const client = useMemo(() => {
    if (given) return given;
    return createChat({
      apiBase,
      getToken: (isRenewal) => {
        if (!latest.getToken) throw new Error("ChatProvider needs `getToken` or `client`.");
        return latest.getToken(isRenewal);
      },
      lastPersonId: latest.lastPersonId ?? null,
      early: latest.early ?? null,
      getLocale: () => latest.locale,
    });
  }, [apiBase, given, latest]);
  useEffect(() => {
    if (given) return;
    client.start();
    return () => client.stop();
  }, [client, given]);
  return client;
}

export function useChatClient(): ChatClient {
  const client = useContext(ClientContext);
  if (!client) throw new Error("This needs a <ChatProvider> above it.");
  return client;
}

/** Language, theme and nonce, as the school's app has set them. */
export function useLook(): Look {
  return useContext(LookContext);
}
