//! What may stand in the log.

macro_rules! deeds {
    ($($(#[$doc:meta])* $deed:ident = $name:literal,)*) => {
        /// What was done, as a closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Deed {
            $($(#[$doc])* $deed,)*
        }

        impl Deed {
            /// Every deed.
            pub const ALL: &[Self] = &[$(Self::$deed),*];

            /// Its name in the database, in snake case.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$deed => $name,)*
                }
            }
        }
    };
}

deeds! {
    /// Signed in.
    SignIn = "sign_in",
    /// Tried to sign in and was refused.
    SignInRefused = "sign_in_refused",
    /// Knew the password of somebody, or opened their link, and never gave the second factor.
    HalfSignIn = "half_sign_in",
    /// Was sent a letter by which they sign in or choose another password.
    SignInLetter = "sign_in_letter",
    /// Signed out.
    SignOut = "sign_out",
    /// Allowed a client to act in their name.
    ConsentGiven = "consent_given",
    /// Did not allow it.
    ConsentDenied = "consent_denied",
    /// A client got a token.
    TokenIssued = "token_issued",
    /// A token ended before its time.
    TokenRevoked = "token_revoked",
    /// Saw a person's details.
    PersonRead = "person_read",
    /// Saw a list of people.
    PeopleListed = "people_listed",
    /// Saw a list of chats.
    ChatListed = "chat_listed",
    /// Opened a chat: saw its messages.
    ChatOpened = "chat_opened",
    /// Looked for words in the messages of their chats; the words are not kept.
    MessagesSearched = "messages_searched",
    /// Looked for people by a name, which is not kept.
    PeopleSearched = "people_searched",
    /// Took a chat along, as a document or as a file of data.
    ChatExported = "chat_exported",
    /// Saw one message.
    MessageRead = "message_read",
    /// Posted a message.
    MessagePosted = "message_posted",
    /// Asked a question to which there are options.
    QuestionAsked = "question_asked",
    /// Answered such a question.
    QuestionAnswered = "question_answered",
    /// Asked somebody to prove who they are.
    VerificationAsked = "verification_asked",
    /// Proved to somebody who they are, or would not.
    VerificationSettled = "verification_settled",
    /// Liked a message.
    MessageLiked = "message_liked",
    /// No longer liked it.
    MessageUnliked = "message_unliked",
    /// Took a message out of a chat.
    MessageDeleted = "message_deleted",
    /// Began a chat.
    ChatStarted = "chat_started",
    /// Changed a chat's subject or settings.
    ChatChanged = "chat_changed",
    /// People came to a chat or left it, or their standing in it changed.
    MembersChanged = "members_changed",
    /// Closed a chat.
    ChatClosed = "chat_closed",
    /// Removed a chat with all that was in it.
    ChatRemoved = "chat_removed",
    /// Posted a file.
    FilePosted = "file_posted",
    /// Downloaded a file.
    FileRead = "file_read",
    /// A file was found to be unsafe, and its bytes were removed.
    FileInfected = "file_infected",
    /// Saw a list of appointments.
    AppointmentsListed = "appointments_listed",
    /// Saw an appointment.
    AppointmentRead = "appointment_read",
    /// Booked an appointment.
    AppointmentBooked = "appointment_booked",
    /// Said yes to an appointment that waited for it.
    AppointmentConfirmed = "appointment_confirmed",
    /// Moved an appointment; the reason has both times.
    AppointmentMoved = "appointment_moved",
    /// Cancelled an appointment.
    AppointmentCancelled = "appointment_cancelled",
    /// Kept a time for a patient while they choose.
    TimeKept = "time_kept",
    /// Gave up a time that was kept for a patient.
    TimeGivenUp = "time_given_up",
    /// Went on the list of who would come earlier, or left it.
    WaitingListChanged = "waiting_list_changed",
    /// Was told of an earlier time.
    EarlierTimeOffered = "earlier_time_offered",
    /// Took the appointments of a day along, to be printed.
    DayPrinted = "day_printed",
    /// Opened a video visit.
    VideoVisitOpened = "video_visit_opened",
    /// Changed people, clients, teams or settings; the object says which.
    Administration = "administration",
    /// Read this log.
    LogRead = "log_read",
    /// Lines of reading may be missing; the reason names the span in microseconds since 1970.
    LogGap = "log_gap",
}

impl Deed {
    /// The deed of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|deed| deed.name() == name)
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    Done,
    /// They may not.
    Refused,
    /// They may, but it went wrong.
    Failed,
}

impl Outcome {
    /// Its name in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// The outcome of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Done, Self::Refused, Self::Failed].into_iter().find(|outcome| outcome.name() == name)
    }
}
