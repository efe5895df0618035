import type { Story } from "@ladle/react";
import { useState } from "react";
import type { DemoSignIn } from "../../services/session";
import { somePeople } from "../../testing/people";
import type { Theme } from "../../ui";
import { SignInView, type SignInViewProps } from "./SignInView";

export default { title: "SignIn" };

const PASSWORDS = [
  "panda",
  "tiger",
  "otter",
  "robin",
  "raven",
  "eagle",
  "finch",
  "crane",
  "stork",
  "heron",
  "quail",
];
const PEOPLE: DemoSignIn[] = somePeople().map(({ name, role }, index) => ({
  name,
  role,
  username: PASSWORDS[index] ?? "swift",
  password: PASSWORDS[index] ?? "swift",
}));

function Screen(props: Partial<SignInViewProps>) {
  const [theme, setTheme] = useState<Theme>("auto");
  const [language, setLanguage] = useState<"ru" | "en">("ru");
  return (
    <div style={{ height: "100vh" }}>
      <SignInView
        busyName={null}
        error={null}
        isOver={false}
        demo={[]}
        onSubmit={() => undefined}
        {...props}
        preferences={{ theme, setTheme, language, setLanguage, suggestLanguage: setLanguage }}
      />
    </div>
  );
}

export const First: Story = () => <Screen />;
export const Demo: Story = () => <Screen demo={PEOPLE} />;
export const Busy: Story = () => <Screen demo={PEOPLE} busyName="robin" />;
export const Refused: Story = () => <Screen error="Неверное имя пользователя или пароль." />;
export const SessionOver: Story = () => <Screen isOver />;
