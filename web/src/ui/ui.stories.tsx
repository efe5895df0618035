import type { Story } from "@ladle/react";
import { useState } from "react";
import {
  Avatar,
  Button,
  ChatIcon,
  CheckMark,
  ConfirmDialog,
  CountBadge,
  Dialog,
  EmptyState,
  IconButton,
  Menu,
  MenuCheckboxItem,
  MenuItem,
  MenuSeparator,
  MoreIcon,
  OnlineDot,
  Popover,
  RoleBadge,
  SearchField,
  SegmentedControl,
  SendIcon,
  SettingsIcon,
  Skeleton,
  Spinner,
  Switch,
  TextField,
  TrashIcon,
} from ".";
import * as icons from "./icons";
import styles from "./ui.stories.module.css";

export default { title: "UI" };

export const Avatars: Story = () => (
  <div className={styles.row}>
    {(["tiny", "small", "medium", "large"] as const).map((size) => (
      <Avatar key={size} name="Анна Петрова" id={1} size={size} isOnline={size !== "tiny"} />
    ))}
    {["#1d4ed8", "#15803d", "#b45309", "#7e22ce", "#be123c", "#0f766e", "#4338ca", "#a21caf"].map((color) => (
      <Avatar key={color} name="7Б Математика" color={color} />
    ))}
    <Avatar name="Light Colour" color="#fde68a" />
    <Avatar name="Original Colour" color="#3b82f6" />
    <Avatar name="???" />
    <OnlineDot />
  </div>
);

export const Badges: Story = () => (
  <div className={styles.row}>
    <RoleBadge schoolRole="teacher" />
    <RoleBadge schoolRole="student" />
    <RoleBadge schoolRole="admin" />
    {[1, 14, 123, 5000].map((count) => (
      <CountBadge key={count} count={count} label={`${count}`} />
    ))}
    <CountBadge count={3} label="3" tone="muted" />
    <CheckMark isChecked={false} />
    <CheckMark isChecked />
  </div>
);

export const Buttons: Story = () => (
  <div className={styles.column}>
    {(["primary", "secondary", "ghost", "danger"] as const).map((variant) => (
      <div key={variant} className={styles.row}>
        <Button variant={variant}>Создать</Button>
        <Button variant={variant} size="small">
          Ответить
        </Button>
        <Button variant={variant} icon={<SendIcon size={1.125} />}>
          Отправить
        </Button>
        <Button variant={variant} isBusy>
          Создать
        </Button>
        <Button variant={variant} disabled>
          Создать
        </Button>
      </div>
    ))}
    <div className={styles.row}>
      <IconButton label="Меню" icon={<MoreIcon />} />
      <IconButton label="Меню" icon={<MoreIcon />} size="small" />
      <IconButton label="Отправить" icon={<SendIcon />} tone="filled" />
      <IconButton label="Отправить" icon={<SendIcon />} tone="filled" disabled />
      <IconButton label="Отправить" icon={<SendIcon />} tone="accent" />
      <IconButton label="Отправить" icon={<SendIcon />} shortcut="Enter" />
    </div>
  </div>
);

export const Fields: Story = () => {
  const [text, setText] = useState("");
  const [filter, setFilter] = useState<"all" | "unread">("all");
  const [isOn, setOn] = useState(true);
  return (
    <div className={styles.column}>
      <TextField label="Название группы" value={text} onChange={setText} placeholder="Математика 9 класс" />
      <TextField label="Название группы" value={text} onChange={setText} error="Введите название группы." />
      <TextField label="Название группы" value={text} onChange={setText} hint="Его увидят все участники." />
      <SearchField label="Поиск по чатам" value={text} onChange={setText} />
      <SegmentedControl
        label="Какие чаты"
        segments={[
          { value: "all", label: "Все" },
          { value: "unread", label: "Непрочитанные" },
        ]}
        value={filter}
        onChange={setFilter}
      />
      <Switch label="Звук" hint="Короткий звук при новом сообщении." isChecked={isOn} onChange={setOn} />
      <Switch label="Уведомления" isChecked={false} isDisabled onChange={setOn} />
    </div>
  );
};

export const Waiting: Story = () => (
  <div className={styles.column}>
    <div className={styles.row}>
      <Spinner size={1} />
      <Spinner />
      <Spinner size={2} />
    </div>
    <div className={styles.row}>
      <Skeleton width="3rem" isCircle />
      <Skeleton width="12rem" />
    </div>
    <EmptyState
      icon={<ChatIcon size={1.75} />}
      title="Выберите чат"
      text="Или начните новый."
      action={<Button variant="primary">Новый чат</Button>}
    />
  </div>
);

export const OpenDialog: Story = () => (
  <Dialog
    isOpen
    onClose={() => undefined}
    title="Новая группа"
    description="Кто в ней будет, того известят."
    footer={
      <>
        <Button>Отмена</Button>
        <Button variant="primary">Создать</Button>
      </>
    }
  >
    {Array.from({ length: 30 }, (_, index) => (
      <p key={String(index)}>Строка {index + 1}</p>
    ))}
  </Dialog>
);

export const Question: Story = () => (
  <ConfirmDialog
    isOpen
    title="Удалить участника?"
    description="Пётр Орлов больше не увидит новых сообщений группы «7Б Математика»."
    confirmLabel="Удалить"
    isDanger
    error="Нет связи с сервером."
    onConfirm={() => undefined}
    onCancel={() => undefined}
  />
);

export const OpenMenu: Story = () => {
  const [isMuted, setMuted] = useState(true);
  return (
    <Menu isOpen align="start" trigger={<IconButton label="Меню" icon={<MoreIcon />} />}>
      <MenuItem icon={<SettingsIcon />} shortcut="Ctrl+," onSelect={() => undefined}>
        Настройки
      </MenuItem>
      <MenuCheckboxItem isChecked={isMuted} onChange={setMuted}>
        Без звука
      </MenuCheckboxItem>
      <MenuItem icon={<ChatIcon />} isDisabled onSelect={() => undefined}>
        Недоступно
      </MenuItem>
      <MenuSeparator />
      <MenuItem icon={<TrashIcon />} isDanger onSelect={() => undefined}>
        Очистить историю
      </MenuItem>
    </Menu>
  );
};

export const OpenPopover: Story = () => (
  <Popover isOpen align="start" label="Кто прочитал" trigger={<Button>Прочитали 3</Button>}>
    Анна, Олег и Марина
  </Popover>
);

export const Icons: Story = () => (
  <div className={styles.row}>
    {Object.entries(icons).map(([name, Icon]) => (
      <span key={name} title={name}>
        <Icon size={1.75} />
      </span>
    ))}
  </div>
);
