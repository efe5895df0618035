import type { Story } from "@ladle/react";
import { type Late, LateView } from "./lateView";
import { PartMissing, PartMissingDialog } from "./PartMissing";

export default { title: "LateView" };

/** One that has come to this. */
class Told extends LateView<never> {
  constructor(told: Partial<Late<never>>) {
    super(() => new Promise(() => {}));
    const state = { part: null, hasFailed: true, isLoading: false, needsReload: false, ...told };
    this.get = () => state;
  }
}

const missing = new Told({});
const retried = new Told({ isLoading: true });
const stubborn = new Told({ needsReload: true });

export const Missing: Story = () => <PartMissing late={missing} />;
export const BeingRetried: Story = () => <PartMissing late={retried} />;
export const NeedsReload: Story = () => <PartMissing late={stubborn} />;
export const Window: Story = () => <PartMissingDialog late={missing} onClose={() => {}} />;
