import { loadMarkdown, Markdown } from "./Markdown";

export default { title: "Markdown" };
void loadMarkdown();

const TEXT = `# Домашнее задание

Решить **до пятницы**, *лучше* раньше, ~~не в субботу~~:

1. раскрыть скобки
2. привести подобные
   - и проверить

> Без решения ответ не считается.

\`\`\`
2(x + 3) = 10
x = 2
\`\`\`

| Вариант | Ответ |
|---|---|
| 1 | \`x = 2\` |

- [x] прочитать
- [ ] решить

<b>Это не HTML</b>, а ссылка — https://school.test/урок. @Анна Петрова, проверьте, пожалуйста.`;

const MENTIONS = [{ id: 1, name: "Анна Петрова" }];

export const Everything = () => <Markdown text={TEXT} mentions={MENTIONS} />;
export const OfTheReader = () => <Markdown text="@Анна Петрова, привет!" mentions={MENTIONS} readerId={1} />;
export const LongWord = () => <Markdown text={"очень".repeat(80)} />;
