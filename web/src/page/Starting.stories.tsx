import type { Story } from "@ladle/react";
import { ApiError, networkError } from "../services/apiError";
import { Starting } from "./Starting";

export default { title: "Starting" };

const nothing = () => undefined;

export const Waiting: Story = () => <Starting error={null} onRetry={nothing} />;
export const WithoutANetwork: Story = () => <Starting error={networkError()} onRetry={nothing} />;
export const ServerDown: Story = () => (
  <Starting error={new ApiError(503, "unavailable", "The bridge is starting.")} onRetry={nothing} />
);
