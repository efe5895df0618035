export { Avatar, type AvatarProps } from "./Avatar";
export { afterPaint } from "./afterPaint";
export { Button, type ButtonProps } from "./Button";
export { CheckMark } from "./CheckMark";
export { ConfirmDialog, type ConfirmDialogProps } from "./ConfirmDialog";
export { CountBadge, type CountBadgeProps } from "./CountBadge";
export { classes } from "./classes";
export { Dialog, type DialogProps } from "./Dialog";
export { EmptyState, type EmptyStateProps } from "./EmptyState";
export { isFocusNowhere, isTouched, toolIn } from "./focusPlace";
export { IconButton, type IconButtonProps } from "./IconButton";
export * from "./icons";
export {
  Menu,
  MenuCheckboxItem,
  MenuItem,
  type MenuItemProps,
  MenuLabel,
  type MenuProps,
  MenuSeparator,
} from "./Menu";
export { OnlineDot } from "./OnlineDot";
export { Popover, type PopoverProps } from "./Popover";
export { RoleBadge } from "./RoleBadge";
export { SearchField, type SearchFieldProps } from "./SearchField";
export { type Segment, SegmentedControl, type SegmentedControlProps } from "./SegmentedControl";
export { Skeleton, type SkeletonProps } from "./Skeleton";
export { Spinner } from "./Spinner";
export { Switch, type SwitchProps } from "./Switch";
export { TextField, type TextFieldProps } from "./TextField";
export {
  type Theme,
  ThemeRoot,
  type ThemeRootProps,
  usePortalContainer,
  useResolvedTheme,
} from "./ThemeRoot";
export { useAfterPaint } from "./useAfterPaint";
export { useFocusKept } from "./useFocusKept";
export { useFocusReturn } from "./useFocusReturn";
export { useNarrow } from "./useNarrow";
export { useNow } from "./useNow";
