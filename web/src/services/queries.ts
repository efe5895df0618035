import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./apiError";

/**
 * What is asked for when somebody looks: people, readers. A browser that takes itself for offline asks all the same:
 * a question that only waits tells the views neither that it is on its way nor that it has failed, and an empty list
 * would be shown for an answer.
 */
export function createQueries(): QueryClient {
  const isWorthARepeat = (failures: number, error: Error) =>
    failures < 3 && error instanceof ApiError && error.isTemporary;
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: isWorthARepeat,
        staleTime: 30_000,
        refetchOnWindowFocus: false,
        networkMode: "always",
        refetchOnReconnect: true,
      },
    },
  });
}
