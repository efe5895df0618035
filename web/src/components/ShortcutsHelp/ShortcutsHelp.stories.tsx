import type { Story } from "@ladle/react";
import { ShortcutsHelp } from "./ShortcutsHelp";

export default { title: "ShortcutsHelp" };

export const Open: Story = () => <ShortcutsHelp isOpen onClose={() => undefined} />;
