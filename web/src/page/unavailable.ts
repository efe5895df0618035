/**
 * In place of the chat when its own code could not be loaded: there is nothing to draw with then, no words in the
 * chosen language either.
 */
export function showUnavailable(): void {
  const root = document.getElementById("root") ?? document.body;
  const words = document.createElement("div");
  words.setAttribute("role", "alert");
  words.append(
    line("ru", "Чат не загрузился. Проверьте соединение."),
    line("en", "The chat could not be loaded. Check your connection."),
  );
  const box = document.createElement("main");
  box.className = "unavailable";
  box.append(words, reloadButton());
  root.replaceChildren(box);
}

function line(language: string, words: string): HTMLElement {
  const paragraph = document.createElement("p");
  paragraph.lang = language;
  paragraph.textContent = words;
  return paragraph;
}

function reloadButton(): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Повторить / Try again";
  button.addEventListener("click", () => location.reload());
  return button;
}
