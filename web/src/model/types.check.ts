/** Nothing runs here: it compiles only while our types say the same as the bridge's own schema. */

import type { components } from "./schema";
import type * as ours from "./types";

type Theirs = components["schemas"];
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : ["differs", A, B]) : ["differs", A, B];

true satisfies Same<ours.User, Theirs["User"]>;
true satisfies Same<ours.Me, Theirs["Me"]>;
true satisfies Same<ours.Contact, Theirs["Contact"]>;
true satisfies Same<ours.Participant, Theirs["Participant"]>;
true satisfies Same<ours.Conversation, Theirs["Conversation"]>;
true satisfies Same<ours.LastMessage, Theirs["LastMessage"]>;
true satisfies Same<ours.Message, Theirs["Message"]>;
true satisfies Same<ours.ChatFile, Theirs["File"]>;
true satisfies Same<ours.SyncAnswer, Theirs["Sync"]>;
true satisfies Same<ours.Page<ours.Message>, Theirs["MessagePage"]>;
true satisfies Same<ours.Page<ours.Conversation>, Theirs["ConversationPage"]>;
true satisfies Same<ours.Page<ours.Contact>, Theirs["ContactPage"]>;
true satisfies Same<ours.Page<ours.Participant>, Theirs["ParticipantPage"]>;
