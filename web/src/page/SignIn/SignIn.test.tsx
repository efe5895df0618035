import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { IntlProvider } from "react-intl";
import { expect, test, vi } from "vitest";
import { MESSAGES } from "../../i18n/messages";
import type { Language } from "../../model/types";
import { ApiError } from "../../services/apiError";
import type { DemoSignIn } from "../../services/session";
import { SignIn } from "./SignIn";

const ORLOV: DemoSignIn = { username: "orlov", password: "robin", role: "student", name: "Пётр Орлов" };

function show(
  { refusal, demo = [] }: { refusal?: ApiError; demo?: DemoSignIn[] } = {},
  reason: "none" | "over" = "none",
) {
  const signIn = vi.fn(async (_username: string, _password: string) => {
    if (refusal) throw refusal;
  });
  const onSignedIn = vi.fn();
  const setTheme = vi.fn();
  const session = { signIn, demoSignIns: async () => demo };
  const page = (language: Language) => (
    <IntlProvider locale={language} messages={MESSAGES[language]}>
      <SignIn
        session={session}
        reason={reason}
        preferences={{ theme: "auto", setTheme, language, setLanguage, suggestLanguage: setLanguage }}
        onSignedIn={onSignedIn}
      />
    </IntlProvider>
  );
  const setLanguage = vi.fn((language: Language) => rerender(page(language)));
  const { rerender } = render(page("ru"));
  return { signIn, onSignedIn, setTheme, setLanguage, user: userEvent.setup() };
}

const username = () => screen.getByRole("textbox", { name: "Имя пользователя" });
const password = () => screen.getByLabelText("Пароль");
const submit = () => screen.getByRole("button", { name: "Войти" });

test("name and password sign in", async () => {
  const { signIn, onSignedIn, user } = show();
  expect(username()).toHaveFocus();
  await user.keyboard(" orlov {Tab}robin{Enter}");
  await waitFor(() => expect(onSignedIn).toHaveBeenCalled());
  expect(signIn.mock.calls).toEqual([["orlov", "robin"]]);
});

test("what is missing is said at its field, which gets the cursor", async () => {
  const { signIn, user } = show();
  await user.click(submit());
  expect(username()).toHaveAccessibleDescription("Введите имя пользователя.");
  expect(username()).toHaveFocus();
  await user.type(username(), "orlov");
  await user.click(submit());
  expect(password()).toHaveAccessibleDescription("Введите пароль.");
  expect(password()).toHaveFocus();
  expect(signIn).not.toHaveBeenCalled();
});

test.each([
  [new ApiError(401, "no_active_account", "x"), "Неверное имя пользователя или пароль."],
  [new ApiError(429, "too_many_requests", "x", 41.2), "Слишком много попыток. Повторите через 42 секунды."],
  [new ApiError(0, "network", "x"), "Нет связи с сервером."],
])("a refusal is said in words: %s", async (refusal, words) => {
  const { onSignedIn, user } = show({ refusal });
  await user.type(username(), "orlov");
  await user.type(password(), "wrong");
  await user.click(submit());
  expect(await screen.findByRole("alert")).toHaveTextContent(words);
  expect(onSignedIn).not.toHaveBeenCalled();
  expect(password()).toHaveValue("wrong");
});

test("a refusal that is on screen is said in the language that is chosen then", async () => {
  const { user } = show({ refusal: new ApiError(401, "no_active_account", "x") });
  await user.type(username(), "orlov");
  await user.type(password(), "wrong");
  await user.click(submit());
  await screen.findByRole("alert");
  await user.click(screen.getByRole("radio", { name: "English" }));
  expect(screen.getByRole("alert")).toHaveTextContent("Wrong username or password.");
});

test("the password can be looked at and hidden again", async () => {
  const { user } = show();
  expect(password()).toHaveAttribute("type", "password");
  await user.click(screen.getByRole("button", { name: "Показать пароль" }));
  expect(password()).toHaveAttribute("type", "text");
  await user.click(screen.getByRole("button", { name: "Скрыть пароль" }));
  expect(password()).toHaveAttribute("type", "password");
});

test("the demo shows who can sign in, and a click does it", async () => {
  const { signIn, onSignedIn, user } = show({ demo: [ORLOV] });
  const person = await screen.findByRole("button", { name: /Пётр Орлов/ });
  expect(person).toHaveTextContent("ученик");
  expect(person).toHaveTextContent("orlov, пароль robin");
  await user.click(person);
  await waitFor(() => expect(onSignedIn).toHaveBeenCalled());
  expect(signIn.mock.calls).toEqual([["orlov", "robin"]]);
});

test("where it is no demo there is no such list", async () => {
  show();
  await waitFor(() => expect(username()).toHaveFocus());
  expect(screen.queryByText("Кто может войти")).toBeNull();
});

test("a session that is over says so", () => {
  show({}, "over");
  expect(screen.getByText("Сеанс закончился. Войдите снова.")).toBeInTheDocument();
});

test("language and theme can be chosen before anybody is signed in", async () => {
  const { setTheme, setLanguage, user } = show();
  await user.click(screen.getByRole("button", { name: "Тема: Системная" }));
  expect(setTheme).toHaveBeenCalledWith("light");
  await user.click(screen.getByRole("radio", { name: "English" }));
  expect(setLanguage).toHaveBeenCalledWith("en");
});
