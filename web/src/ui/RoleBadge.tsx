import { FormattedMessage, useIntl } from "react-intl";
import type { Role } from "../model/types";
import { classes } from "./classes";
import styles from "./RoleBadge.module.css";

export interface RoleBadgeProps {
  schoolRole: Role;
  /** Where the name beside it needs the room; the whole word is still said and in the tooltip. */
  isShort?: boolean | undefined;
  className?: string | undefined;
}

export function RoleBadge({ schoolRole, isShort = false, className }: RoleBadgeProps) {
  const intl = useIntl();
  const whole = intl.formatMessage({ id: `role.${schoolRole}` });
  return (
    <span
      className={classes(styles.badge, styles[schoolRole], className)}
      data-role={schoolRole}
      title={isShort ? whole : undefined}
    >
      {isShort ? (
        <>
          <span aria-hidden="true">
            <FormattedMessage id={`role.${schoolRole}.short`} />
          </span>
          <span className="sc-visually-hidden">{whole}</span>
        </>
      ) : (
        whole
      )}
    </span>
  );
}
