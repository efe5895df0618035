import { QueryClientProvider } from "@tanstack/react-query";
import { setNonce } from "get-nonce";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from "react";
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
  /** Gives the panel's access token; asked again, with `true`, when the last one was refused. None: nobody is signed in. */
  getToken?: GetToken | undefined;
  /** Told when nobody is signed in any more: `getToken` gave none, or one that the bridge does not take. */
  onSignedOut?: (() => void) | undefined;
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

const DEFAULT_LOOK: Look = { locale: "ru", theme: "auto", nonce: undefined };

/** The client of the nearest `ChatProvider`: the connection, and the state of all chats. Null: there is none above. */
export const ChatContext = createContext<ChatClient | null>(null);
const LookContext = createContext<Look | null>(null);

/**
 * Everything below it shares one connection, one state and one language. Inside another one, without `getToken` and
 * `client` of its own, it shares the outer one's, and may change the look.
 */
export function ChatProvider(props: ChatProviderProps) {
  const outer = useContext(LookContext) ?? DEFAULT_LOOK;
  const { apiBase = "", locale = outer.locale, theme = outer.theme, nonce = outer.nonce, children } = props;
  const client = useClient(props, apiBase);
  useSignedOut(client, props.onSignedOut);
  const look = useMemo(() => ({ locale, theme, nonce }), [locale, theme, nonce]);
  useEffect(() => {
    if (nonce) setNonce(nonce);
  }, [nonce]);
  return (
    <LookContext.Provider value={look}>
      <ChatContext.Provider value={client}>
        <QueryClientProvider client={client.queries}>
          <IntlProvider locale={locale} messages={MESSAGES[locale]} defaultLocale="ru">
            {children}
          </IntlProvider>
        </QueryClientProvider>
      </ChatContext.Provider>
    </LookContext.Provider>
  );
}

function useClient(props: ChatProviderProps, apiBase: string): ChatClient {
  const { getToken, lastPersonId, early } = props;
  const outer = useContext(ChatContext);
  const given = props.client ?? (getToken ? null : outer);
  if (!given && !getToken)
    throw new Error("This needs `getToken`, a `client`, or a <ChatProvider> above it.");
  // A new function at each rendering of the school's app must not mean a new connection.
  const [latest] = useState(() => ({ getToken: getToken ?? noToken, lastPersonId, early }));
  useEffect(() => {
    latest.getToken = getToken ?? noToken;
  }, [latest, getToken]);
  const client = useMemo(() => {
    if (given) return given;
    return createChat({
      apiBase,
      getToken: (isRenewal) => latest.getToken(isRenewal),
      lastPersonId: latest.lastPersonId ?? null,
      early: latest.early ?? null,
    });
  }, [apiBase, given, latest]);
  useEffect(() => {
    if (given) return;
    client.start();
    return () => client.stop();
  }, [client, given]);
  return client;
}

const noToken: GetToken = () => null;

function useSignedOut(client: ChatClient, onSignedOut: (() => void) | undefined): void {
  const latest = useRef(onSignedOut);
  useEffect(() => {
    latest.current = onSignedOut;
  }, [onSignedOut]);
  useEffect(() => client.onSignedOut(() => latest.current?.()), [client]);
}

export function useChatClient(): ChatClient {
  const client = useContext(ChatContext);
  if (!client) throw new Error("This needs a <ChatProvider> above it.");
  return client;
}

/** Language, theme and nonce, as the school's app has set them. */
export function useLook(): Look {
  return useContext(LookContext) ?? DEFAULT_LOOK;
}
