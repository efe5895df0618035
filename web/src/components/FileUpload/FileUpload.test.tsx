import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";
import type { PreparedFile } from "../../model/types";
import { TestProvider } from "../../testing";
import { ThemeRoot } from "../../ui";
import { FilePreviews } from "./FilePreviews";
import { FileUpload } from "./FileUpload";

const picture = new File(["x"], "доска.png", { type: "image/png" });
const film = new File(["x"], "фильм.mp4", { type: "video/mp4" });

function show() {
  const onFiles = vi.fn();
  const { container } = render(
    <TestProvider>
      <ThemeRoot>
        <FileUpload onFiles={onFiles} />
      </ThemeRoot>
    </TestProvider>,
  );
  const zone = container.querySelector<HTMLElement>("[data-active]")!;
  const chooser = container.querySelector<HTMLInputElement>("input[type=file]")!;
  return { onFiles, zone, chooser };
}

const dragged = (...files: File[]) => ({
  dataTransfer: {
    files,
    items: files.map((file) => ({ kind: "file", getAsFile: () => file })),
    types: ["Files"],
  },
});

describe("the zone", () => {
  test("says what it is for", () => {
    show();
    expect(screen.getByText("Перетащите файлы сюда")).toBeInTheDocument();
    expect(screen.getByRole("button", { name: "Выбрать файлы" })).toBeInTheDocument();
  });

  test("lights up while a file is held over it, and goes out again", async () => {
    const { zone } = show();
    fireEvent.dragEnter(zone, dragged(picture));
    await vi.waitFor(() => expect(zone).toHaveAttribute("data-active", "true"));
    fireEvent.dragLeave(zone, dragged(picture));
    await vi.waitFor(() => expect(zone).toHaveAttribute("data-active", "false"));
  });

  test("takes what is dropped, several at once, whatever it is: the check comes with words", async () => {
    const { zone, onFiles } = show();
    fireEvent.drop(zone, dragged(picture, film));
    await vi.waitFor(() => expect(onFiles).toHaveBeenCalledWith([picture, film]));
  });
});

describe("the chooser", () => {
  test("takes several, and the same file again", async () => {
    const { chooser, onFiles } = show();
    expect(chooser.multiple).toBe(true);
    await userEvent.upload(chooser, [picture]);
    await userEvent.upload(chooser, [picture]);
    expect(onFiles.mock.calls).toEqual([[[picture]], [[picture]]]);
  });

  test.each(["jpg", "png", "gif", "webp", "pdf", "doc", "docx", "xls", "xlsx", "txt"])(
    "offers .%s",
    (extension) => {
      expect(show().chooser.accept.split(",")).toContain(`.${extension}`);
    },
  );
});

describe("previews", () => {
  const file: PreparedFile = {
    id: "1",
    name: "доска.png",
    size: 245_760,
    kind: "image",
    previewUrl: "blob:http://school.test/1",
    error: null,
    file: picture,
    isCompressing: false,
  };

  function preview(part: Partial<PreparedFile>) {
    const onRemove = vi.fn();
    const { container } = render(
      <TestProvider>
        <ThemeRoot>
          <FilePreviews files={[{ ...file, ...part }]} onRemove={onRemove} />
        </ThemeRoot>
      </TestProvider>,
    );
    return { container, onRemove };
  }

  test("a picture shows itself, with name and size", () => {
    const { container } = preview({});
    expect(container.querySelector("img")).toHaveAttribute("src", file.previewUrl);
    expect(screen.getByText("доска.png")).toBeInTheDocument();
    expect(screen.getByText("240 кБ")).toBeInTheDocument();
  });

  test("a document shows the sheet of its type", () => {
    const { container } = preview({ name: "работа.pdf", previewUrl: null, kind: "document" });
    expect(container.querySelector('[data-kind="pdf"]')).toHaveTextContent("pdf");
  });

  test("the cross takes it away", async () => {
    const { onRemove } = preview({});
    await userEvent.click(screen.getByRole("button", { name: "Убрать файл «доска.png»" }));
    expect(onRemove).toHaveBeenCalledWith("1");
  });

  test("what is wrong with it is said at once", () => {
    preview({ error: { code: "file_type", name: "доска.png" } });
    expect(screen.getByRole("alert")).toHaveTextContent("Файлы такого типа не принимаются.");
  });

  test("a picture that is being made smaller says so", () => {
    preview({ isCompressing: true });
    expect(screen.getByText("Уменьшаем…")).toBeInTheDocument();
  });
});
