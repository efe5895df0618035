import styles from "./Spinner.module.css";

/** `size` in rem. What is being waited for is said by the words beside it. */
export function Spinner({ size = 1.5 }: { size?: number | undefined }) {
  return (
    <svg
      className={styles.spinner}
      viewBox="0 0 24 24"
      width={`${size}rem`}
      height={`${size}rem`}
      aria-hidden="true"
    >
      <circle className={styles.track} cx="12" cy="12" r="9" />
      <path className={styles.head} d="M12 3a9 9 0 0 1 9 9" />
    </svg>
  );
}
