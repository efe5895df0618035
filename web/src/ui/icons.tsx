import type { ReactElement, SVGProps } from "react";

/** An icon is decoration: the words are beside it or are the button's label. `size` in rem grows with the text. */
export interface IconProps extends Omit<SVGProps<SVGSVGElement>, "children"> {
  size?: number;
}

export type Icon = (props: IconProps) => ReactElement;

function Glyph({ size = 1.25, d, isFilled = false, ...rest }: IconProps & { d: string; isFilled?: boolean }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width={`${size}rem`}
      height={`${size}rem`}
      fill={isFilled ? "currentColor" : "none"}
      stroke={isFilled ? "none" : "currentColor"}
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      {...rest}
    >
      <path d={d} />
    </svg>
  );
}

// Moving about
export const SearchIcon: Icon = (props) => (
  <Glyph {...props} d="M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14M20.5 20.5L16 16" />
);
export const CloseIcon: Icon = (props) => <Glyph {...props} d="M6 6l12 12M18 6L6 18" />;
export const BackIcon: Icon = (props) => <Glyph {...props} d="M20 12H4M11 5l-7 7l7 7" />;
export const MoreIcon: Icon = (props) => (
  <Glyph
    {...props}
    isFilled
    d="M3.1 12a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0M10.1 12a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0M17.1 12a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0"
  />
);
export const ArrowDownIcon: Icon = (props) => <Glyph {...props} d="M12 4v16M5 13l7 7l7-7" />;
export const ArrowUpIcon: Icon = (props) => <Glyph {...props} d="M12 20V4M5 11l7-7l7 7" />;
export const ChevronDownIcon: Icon = (props) => <Glyph {...props} d="M6 9l6 6l6-6" />;
export const ChevronRightIcon: Icon = (props) => <Glyph {...props} d="M9 6l6 6l-6 6" />;
export const PlusIcon: Icon = (props) => <Glyph {...props} d="M12 5v14M5 12h14" />;

// People and conversations
export const ChatIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H10l-4.5 4V16A1.5 1.5 0 0 1 4 14.5z"
  />
);
export const NewChatIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M19 13.5v4A2.5 2.5 0 0 1 16.5 20h-10A2.5 2.5 0 0 1 4 17.5v-10A2.5 2.5 0 0 1 6.5 5h4M17.6 3.7a2 2 0 0 1 2.8 2.8L13 14l-3.7 0.8L10 11.2z"
  />
);
export const UserIcon: Icon = (props) => (
  <Glyph {...props} d="M12 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M4.5 20.5c0.5-3.7 3.6-5.5 7.5-5.5s7 1.8 7.5 5.5" />
);
export const UsersIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M9 4.5a3.7 3.7 0 1 0 0 7.4a3.7 3.7 0 0 0 0-7.4M2.5 19.5c0.4-3.3 3-5 6.5-5s6.1 1.7 6.5 5M15.5 4.8a3.7 3.7 0 0 1 0 6.8M18 14.9c2 0.7 3.2 2.3 3.5 4.6"
  />
);
export const UserPlusIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M10 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M3 20.5c0.5-3.7 3.3-5.5 7-5.5c1.6 0 3 0.3 4.1 1M18.5 14.5v6M15.5 17.5h6"
  />
);
export const UserMinusIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M10 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8M3 20.5c0.5-3.7 3.3-5.5 7-5.5c1.6 0 3 0.3 4.1 1M15.5 17.5h6"
  />
);
export const AtIcon: Icon = (props) => (
  <Glyph {...props} d="M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M16 8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1" />
);
export const OpenIcon: Icon = (props) => (
  <Glyph {...props} d="M13.5 4.5h6v6M19.5 4.5l-8.5 8.5M10 6H5.5v12.5H18V14" />
);
export const ArchiveIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M3.5 4.5h17v4h-17zM5 8.5v10A1.5 1.5 0 0 0 6.5 20h11a1.5 1.5 0 0 0 1.5-1.5v-10M10 12.5h4"
  />
);
export const LockIcon: Icon = (props) => (
  <Glyph {...props} d="M6 11h12v9H6zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11" />
);
export const BanIcon: Icon = (props) => (
  <Glyph {...props} d="M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17M6 6l12 12" />
);

// Messages
export const SendIcon: Icon = (props) => (
  <Glyph {...props} d="M20.5 3.5L10 14M20.5 3.5L14 20.5L10 14L3.5 10z" />
);
export const PaperclipIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M20 11.5l-8.2 8.2a5.3 5.3 0 0 1-7.5-7.5l8.2-8.2a3.5 3.5 0 0 1 5 5l-8.2 8.2a1.8 1.8 0 0 1-2.5-2.5l7.5-7.5"
  />
);
export const SmileIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17M8.5 14c0.8 1.2 2 1.9 3.5 1.9s2.7-0.7 3.5-1.9M9 9.5v0.5M15 9.5v0.5"
  />
);
export const ReplyIcon: Icon = (props) => (
  <Glyph {...props} d="M9.5 6L4 11.5L9.5 17M4 11.5h9a6.5 6.5 0 0 1 6.5 6.5v1" />
);
export const ForwardIcon: Icon = (props) => (
  <Glyph {...props} d="M14.5 6l5.5 5.5l-5.5 5.5M20 11.5h-9A6.5 6.5 0 0 0 4.5 18v1" />
);
export const EditIcon: Icon = (props) => (
  <Glyph {...props} d="M15.8 4.7a2.3 2.3 0 0 1 3.5 3.5L8.5 19L4 20l1-4.5zM14 6.5l3.5 3.5" />
);
export const TrashIcon: Icon = (props) => (
  <Glyph {...props} d="M4.5 6.5h15M9 6.5V4h6v2.5M6.5 6.5l0.8 13.5h9.4l0.8-13.5M10 10.5v5.5M14 10.5v5.5" />
);
export const CopyIcon: Icon = (props) => <Glyph {...props} d="M9 9h11v11H9zM15 9V4H4v11h5" />;
export const PinIcon: Icon = (props) => (
  <Glyph {...props} d="M9 3.5h6l-0.8 6l3.3 3.5v2h-11v-2l3.3-3.5zM12 15v5.5" />
);
export const CheckIcon: Icon = (props) => <Glyph {...props} d="M4.5 12.5l5 5L19.5 7" />;
export const DoubleCheckIcon: Icon = (props) => (
  <Glyph {...props} d="M2 12.5l4.5 4.5L15 8M11.5 16l1 1L21.5 8" />
);
export const ClockIcon: Icon = (props) => (
  <Glyph {...props} d="M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17M12 7.5V12l3 2" />
);
export const AlertIcon: Icon = (props) => (
  <Glyph {...props} d="M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17M12 7.5v5.5M12 16.2v0.1" />
);
export const InfoIcon: Icon = (props) => (
  <Glyph {...props} d="M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17M12 11.5v5M12 7.9v0.1" />
);
export const DownloadIcon: Icon = (props) => <Glyph {...props} d="M12 4v11M7 10.5l5 5l5-5M4.5 20h15" />;
export const FileIcon: Icon = (props) => <Glyph {...props} d="M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5V8.5H18.5" />;
export const ImageIcon: Icon = (props) => (
  <Glyph {...props} d="M4 5h16v14H4zM4 16l4.5-4.5l4 4l2.5-2.5l5 5M15 9v0.1" />
);
export const MicIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M12 3.5a3 3 0 0 1 3 3V11a3 3 0 0 1-6 0V6.5a3 3 0 0 1 3-3M5.5 11a6.5 6.5 0 0 0 13 0M12 17.5v3"
  />
);
export const PlayIcon: Icon = (props) => (
  <Glyph
    {...props}
    isFilled
    d="M7 4.5v15a.8.8 0 0 0 1.2.7l12-7.5a.8.8 0 0 0 0-1.4l-12-7.5A.8.8 0 0 0 7 4.5z"
  />
);
export const PauseIcon: Icon = (props) => <Glyph {...props} isFilled d="M6 4.5h4v15H6zM14 4.5h4v15h-4z" />;
export const RefreshIcon: Icon = (props) => (
  <Glyph {...props} d="M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4v5h-5" />
);

// Settings
export const SettingsIcon: Icon = (props) => (
  <Glyph {...props} d="M4 7h9M17 7h3M15 4.8v4.4M4 17h3M11 17h9M9 14.8v4.4" />
);
export const BellIcon: Icon = (props) => (
  <Glyph {...props} d="M6 16.5V10.5a6 6 0 0 1 12 0v6l1.5 1.5h-15zM10 20.5h4" />
);
export const BellOffIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M6 16.5V10.5a6 6 0 0 1 1.3-3.7M10 4.9a6 6 0 0 1 8 5.6v4M16.5 18h-12L6 16.5M10 20.5h4M4 4l16 16"
  />
);
export const VolumeIcon: Icon = (props) => (
  <Glyph {...props} d="M4 9.5v5h3.5l4.5 4v-13l-4.5 4zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11" />
);
export const MoonIcon: Icon = (props) => (
  <Glyph {...props} d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5" />
);
export const SunIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8M12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4"
  />
);
export const ScreenIcon: Icon = (props) => <Glyph {...props} d="M3.5 5h17v11h-17zM9 20h6M12 16v4" />;
export const GlobeIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M12 3.5a8.5 8.5 0 1 0 0 17a8.5 8.5 0 0 0 0-17M3.5 12h17M12 3.5c2.5 2.3 3.7 5.1 3.7 8.5s-1.2 6.2-3.7 8.5c-2.5-2.3-3.7-5.1-3.7-8.5S9.5 5.8 12 3.5"
  />
);
export const KeyboardIcon: Icon = (props) => (
  <Glyph {...props} d="M3 6h18v12H3zM7 10v0.1M11 10v0.1M15 10v0.1M17.5 10v0.1M8 14h8" />
);
export const SignOutIcon: Icon = (props) => <Glyph {...props} d="M10 4H5v16h5M15.5 8l4 4l-4 4M19.5 12H10" />;
export const EyeIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M2.5 12c2-4.3 5.3-6.5 9.5-6.5s7.5 2.2 9.5 6.5c-2 4.3-5.3 6.5-9.5 6.5S4.5 16.3 2.5 12M12 9.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 0 0 0-5.6"
  />
);
export const EyeOffIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M6.5 7.3c-1.7 1.1-3 2.7-4 4.7c2 4.3 5.3 6.5 9.5 6.5c1.7 0 3.3-0.4 4.7-1.1M10 5.7c0.6-0.1 1.3-0.2 2-0.2c4.2 0 7.5 2.2 9.5 6.5c-0.6 1.2-1.3 2.3-2.1 3.2M10 10.2a2.8 2.8 0 0 0 3.9 3.9M4 4l16 16"
  />
);
export const WifiOffIcon: Icon = (props) => (
  <Glyph
    {...props}
    d="M4 4l16 16M5 12.5a10 10 0 0 1 4.5-2.6M2 8.8a14.5 14.5 0 0 1 4-2.5M10.5 5c4.3-0.3 8.4 1 11.5 3.8M15.5 10.3a10 10 0 0 1 3.5 2.2M8.5 16a5 5 0 0 1 7 0M12 19.5v0.1"
  />
);
