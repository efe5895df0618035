import { Tooltip as Primitive } from "radix-ui";
import type { ReactElement } from "react";
import { useIsInsideRoot, usePortalContainer } from "./ThemeRoot";
import styles from "./Tooltip.module.css";

export interface TooltipProps {
  label: string;
  shortcut?: string | undefined;
  side?: "top" | "bottom" | "left" | "right" | undefined;
  children: ReactElement;
}

/** Words for an icon, on hover and on focus. The icon's button has its own `aria-label`. */
export function Tooltip({ label, shortcut, side = "bottom", children }: TooltipProps) {
  const container = usePortalContainer();
  const isInside = useIsInsideRoot();
  const tooltip = (
    <Primitive.Root>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal container={container}>
        <Primitive.Content className={styles.tooltip} side={side} sideOffset={6} collisionPadding={8}>
          {label}
          {shortcut && <kbd className={styles.keys}>{shortcut}</kbd>}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  );
  return isInside ? tooltip : <Primitive.Provider>{tooltip}</Primitive.Provider>;
}
