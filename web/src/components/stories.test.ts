import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const HERE = "src/components";
const folders = readdirSync(HERE, { withFileTypes: true }).flatMap((one) =>
  one.isDirectory() ? [one.name] : [],
);

/**
 * The states that each component must be seen in: a story that goes, or gets another name, is missed here. Under the
 * name of its folder; further stories need no entry. `drawn.test.tsx` draws them all.
 */
const STATES: Record<string, string> = {
  ChatList:
    "EveryKind ActiveWithUnread Loading Empty NothingUnread NoGroups NothingFound Failed FailedLater TwoThousand",
  ChatNotifications: "One Long Mention AfterAnAbsence Done Refused NotSent",
  ChatWindow:
    "Group DirectOnline DirectLastSeen Typing UnreadDividerStory ReplyAndFiles BlockedByMe LongName ReadOnly Empty " +
    "Loading LoadError NoSuchChat UnknownWithoutANetwork AsStudent FiftyThousand EndlessHistory JumpWithNothingNew " +
    "JumpToMany BeingLoaded NotLoaded Rename RenameBusy RenameRefused Block BlockRefused Blocked Unblock Clear Leave " +
    "Archive RemoveMessage",
  ConnectionBanner: "Offline OfflineWithoutAPlan Connecting CatchingUp SessionOver",
  ContactsDialog: "Teacher Student Loading Nobody NobodyFound Failed OpeningFailed",
  DesktopOffer: "Offer NotSaved",
  EmojiPicker: "Open NothingFound",
  FaultBoundary: "Broken",
  FileUpload: "Panel HeldOver OverTheConversation Types",
  GroupChatModal: "Empty FilledIn Busy WrongFields Refused",
  LateView: "Missing BeingRetried NeedsReload",
  Lightbox: "Several One Broken",
  Markdown: "Everything LongWord",
  MessageInput:
    "Empty ManyLines Replying Editing EditRefused NearTheLimit TooLong WithFiles MentionListOpen " +
    "MentionListWithNamesakes EmojiOpen AttachOpen",
  MessageItem: "States Uploading Highlighted ImageGone Closed Open",
  ParticipantsList:
    "Member Manager OfTheRoster Removing RemovalFailed Loading Failed Some NobodyWasChosen NotLoaded",
  PeopleList: "Some Thousand Loading Nobody NobodyFound Failed FailedLater",
  PeoplePicker: "NobodyChosen SomeChosen AllChosen NothingWasChosen Loading NobodyFound NotLoaded",
  PersonRow: "EachRole WithNote Ticked LongName",
  QuickSwitcher: "Recent Searching Nothing Failed",
  ReadOnlyNotice: "EachReason",
  ReadersDialog: "Some Nobody Loading WithoutANetwork",
  SchoolChat: "NothingOpen Talking Offline Empty",
  SettingsMenu: "MenuOfTheList StandAlone QuietAtNight DesktopDenied Embedded Failed Asked Busy Refused",
  ShortcutsHelp: "Open",
  TypingIndicator: "Nobody One Two Many",
  VirtualList: "TenThousandRows RowsOfTwoHeights PlainRows WithAFooter",
};

/** What the story files of a folder export. */
function storiesIn(folder: string): string[] {
  const files = readdirSync(`${HERE}/${folder}`).filter((file) => file.endsWith(".stories.tsx"));
  return files.flatMap((file) => {
    const found = readFileSync(`${HERE}/${folder}/${file}`, "utf8").matchAll(
      /^export (?:const|function) (\w+)/gm,
    );
    return [...found].map(([, name]) => name ?? "");
  });
}

describe.each(folders)("%s", (name) => {
  test("has a page of stories", () => {
    expect(existsSync(`${HERE}/${name}/${name}.stories.tsx`)).toBe(true);
  });

  test("is seen in each of its states", () => {
    expect(STATES, "a new component says here in which").toHaveProperty(name);
    expect(storiesIn(name)).toEqual(expect.arrayContaining((STATES[name] ?? "").split(" ")));
  });
});

test("no states are asked of a component that is not there", () => {
  expect(Object.keys(STATES).sort()).toEqual([...folders].sort());
});

describe("a part of the interface that many use", () => {
  const story = readFileSync("src/ui/ui.stories.tsx", "utf8");
  // What draws nothing by itself: it is around every story, or in a part that has one.
  const unseen = new Set(["ClosedTrigger", "ThemeRoot", "Tooltips", "icons"]);
  const parts = readdirSync("src/ui")
    .filter((file) => file.endsWith(".tsx") && !/\.(stories|test)\./.test(file))
    .map((file) => file.replace(".tsx", ""))
    .filter((name) => !unseen.has(name));

  test.each(parts)("%s stands in the stories of ui", (name) => {
    expect(story).toMatch(new RegExp(`<${name}\\b`));
  });
});
