import type { Story } from "@ladle/react";
import { networkError } from "../../services/apiError";
import { Pressing } from "../../testing/Pressing";
import { SignOutQuestion } from "./SignOutQuestion";

export default { title: "SignOutQuestion" };

const nothing = () => undefined;

const Question = ({ onSignOut }: { onSignOut: () => Promise<void> }) => (
  <SignOutQuestion isOpen onClose={nothing} onSignOut={onSignOut} />
);
export const Asked: Story = () => <Question onSignOut={async () => undefined} />;
export const Busy: Story = () => (
  <Pressing id="settings.signOut">
    <Question onSignOut={() => new Promise(() => undefined)} />
  </Pressing>
);
export const Refused: Story = () => (
  <Pressing id="settings.signOut">
    <Question onSignOut={() => Promise.reject(networkError())} />
  </Pressing>
);
