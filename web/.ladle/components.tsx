import type { GlobalProvider } from "@ladle/react";
import { TestProvider } from "../src/testing";
import { ThemeRoot } from "../src/ui";
import "./stories.css";

export const args = { language: "ru" };
export const argTypes = { language: { options: ["ru", "en"], control: { type: "radio" } } };

/** Each story stands in a chat without a server; one that needs people in it wraps itself in a TestProvider of its own. */
export const Provider: GlobalProvider = ({ children, globalState }) => {
  const theme = globalState.theme === "dark" ? "dark" : "light";
  const language = globalState.control?.language?.value === "en" ? "en" : "ru";
  return (
    <TestProvider key={language} locale={language} theme={theme}>
      <ThemeRoot theme={theme} language={language} className="story">
        {children}
      </ThemeRoot>
    </TestProvider>
  );
};
