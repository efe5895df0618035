import { onlineManager, QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, test } from "vitest";
import { until } from "../testing/api";
import { ApiError } from "./apiError";
import { createQueries } from "./queries";

afterEach(() => onlineManager.setOnline(true));

test("Where the browser takes itself for offline a question fails aloud, and is asked again when it is not", async () => {
  onlineManager.setOnline(false);
  let isThere = false;
  const queries = createQueries();
  queries.mount();
  const ask = async () => {
    if (!isThere) throw new ApiError(403, "forbidden", "The test refuses.");
    return ["Иван"];
  };
  const observer = new QueryObserver(queries, { queryKey: ["people"], queryFn: ask });
  const leave = observer.subscribe(() => undefined);
  await until(() => expect(observer.getCurrentResult()).toMatchObject({ status: "error" }));
  isThere = true;
  onlineManager.setOnline(true);
  await until(() => expect(observer.getCurrentResult().data).toEqual(["Иван"]));
  leave();
  queries.unmount();
});
