import { FormattedMessage } from "react-intl";
import { classes } from "./classes";
import styles from "./OnlineDot.module.css";

/** The green dot, with a word for those who do not see it. */
export function OnlineDot({ className }: { className?: string | undefined }) {
  return (
    <span className={classes(styles.dot, className)} data-online="true">
      <span className="sc-visually-hidden">
        <FormattedMessage id="ui.online" />
      </span>
    </span>
  );
}
