import type { Story } from "@ladle/react";
import { FaultView } from "./ChatFaults";

export default { title: "FaultBoundary" };

export const Broken: Story = () => (
  <div style={{ height: "100vh" }}>
    <FaultView
      fault={new TypeError("Cannot read properties of undefined (reading 'name')")}
      onAgain={() => {}}
    />
  </div>
);
