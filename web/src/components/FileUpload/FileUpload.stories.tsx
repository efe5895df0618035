import { DropOverlay } from "./DropOverlay";
import { DropZone } from "./DropZone";
import { FileTypeIcon } from "./FileTypeIcon";
import { FileUpload } from "./FileUpload";

export default { title: "FileUpload" };

export const Panel = () => <FileUpload onFiles={() => {}} />;
export const HeldOver = () => <DropZone isActive />;
export const OverTheConversation = () => (
  <div style={{ position: "relative", height: "30rem" }}>
    <DropOverlay />
  </div>
);
export const Types = () => (
  <div style={{ display: "flex", gap: "1rem", padding: "1rem" }}>
    {["a.pdf", "a.docx", "a.xlsx", "a.txt", "a.png", "a"].map((name) => (
      <FileTypeIcon key={name} name={name} />
    ))}
  </div>
);
