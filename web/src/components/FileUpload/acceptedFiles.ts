/** What the file chooser shows first; whatever is chosen is checked with words, and again by the server. */
export const ACCEPTED = ".jpg,.jpeg,.png,.gif,.webp,.pdf,.doc,.docx,.xls,.xlsx,.txt";
